import { createWriteStream } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** An error whose message is all that a person has to read. */
export class DemoError extends Error {}

/** Shows step after step with its time: a live line on a terminal, plain lines elsewhere. All output goes to a log file. */
export class Progress {
  /** @param {{ total: number, logPath: string, out?: NodeJS.WriteStream }} options */
  constructor({ total, logPath, out = process.stdout }) {
    this.total = total;
    this.logPath = logPath;
    this.out = out;
    this.count = 0;
    this.start = Date.now();
    this.log = createWriteStream(logPath, { mode: 0o600 });
    this.current = '';
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
  }

  /**
   * Runs one step. What it hears goes to the log, and its last line is shown while it runs.
   * @template T
   * @param {string} title
   * @param {(hear: (line: string) => void) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async step(title, work) {
    const head = `[${++this.count}/${this.total}] ${title}`;
    const start = Date.now();
    this.log.write(`\n## ${head}\n`);
    this.begin(head, start);
    try {
      const result = await work((line) => this.hear(line));
      this.end(`✓ ${head} (${secondsSince(start)} s)`);
      return result;
    } catch (error) {
      this.end(`✗ ${head} (${secondsSince(start)} s)`);
      this.log.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      if (error instanceof DemoError) throw error;
      throw new DemoError(`This step failed: ${title}.\n${lastWords(error)}`, { cause: error });
    }
  }

  /** @param {string} text */
  print(text) {
    this.out.write(`${text}\n`);
  }

  /** Total time so far, as text. */
  elapsed() {
    return `${secondsSince(this.start)} s`;
  }

  /** Takes the live line away, when the run is stopped in the middle of a step. */
  stop() {
    clearInterval(this.timer);
    if (this.out.isTTY) this.out.write('\r\u001b[K');
    this.log.end();
  }

  /** @param {string} head @param {number} start */
  begin(head, start) {
    this.current = '';
    if (!this.out.isTTY) {
      this.print(`  ${head} …`);
      return;
    }
    let frame = 0;
    this.timer = setInterval(() => {
      const line = `${FRAMES[frame++ % FRAMES.length]} ${head}  ${secondsSince(start)} s  ${this.current}`;
      this.out.write(`\r\u001b[K${line.slice(0, (this.out.columns || 80) - 1)}`);
    }, 120);
  }

  /** @param {string} line */
  hear(line) {
    this.log.write(`${line}\n`);
    const text = stripVTControlCharacters(line).trim();
    if (text) this.current = text;
  }

  /** @param {string} line */
  end(line) {
    clearInterval(this.timer);
    this.out.write(this.out.isTTY ? `\r\u001b[K${line}\n` : `${line}\n`);
  }
}

/** @param {number} start */
function secondsSince(start) {
  return Math.round((Date.now() - start) / 1000);
}

/**
 * The end of what a program said, which is where the cause stands. What Nx sums up after it is left out.
 * @param {unknown} error
 */
function lastWords(error) {
  const text = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
  const [said = ''] = text.split(/^ NX {3}Running target/m);
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return [lines[0], ...lines.slice(1).slice(-20)].map((line) => `  ${line}`).join('\n');
}
