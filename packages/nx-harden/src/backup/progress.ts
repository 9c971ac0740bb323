/** Where progress is written: a terminal's line is written over, a log gets lines now and then. */
export interface ProgressOutput {
  write(text: string): void;
  isTTY: boolean;
}

const TERMINAL_EVERY_MS = 250;
const LOG_EVERY_MS = 10_000;
/** What is over sooner needs no progress. */
const FIRST_AFTER_MS = 2_000;

/** Bytes done of an estimate, as they come. */
export class Progress {
  private bytes = 0;
  private table = '';
  private expected = 0;
  private readonly started = performance.now();
  private lastWritten = this.started;
  private hasLine = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly output: ProgressOutput,
    /** What is measured: `dumped`, `restored`. */
    private readonly done: string,
  ) {
    // A program that waits for a lock sends nothing, and still has to show that it lives.
    this.timer = setInterval(() => this.show(), output.isTTY ? TERMINAL_EVERY_MS : 1_000);
    this.timer.unref();
  }

  expect(bytes: number): void {
    this.expected = bytes;
  }

  add(bytes: number): void {
    this.bytes += bytes;
  }

  at(table: string): void {
    this.table = table;
  }

  /** A line of its own, above the progress. */
  say(line: string): void {
    this.clear();
    this.output.write(`${line}\n`);
  }

  stop(): void {
    clearInterval(this.timer);
    this.clear();
  }

  private show(): void {
    const now = performance.now();
    if (now - this.started < FIRST_AFTER_MS) return;
    if (!this.output.isTTY && this.hasLine && now - this.lastWritten < LOG_EVERY_MS) return;
    const line = this.line(now);
    this.output.write(this.output.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
    this.hasLine = true;
    this.lastWritten = now;
  }

  private clear(): void {
    if (this.hasLine && this.output.isTTY) this.output.write('\r\u001b[K');
    if (this.output.isTTY) this.hasLine = false;
  }

  private line(now: number): string {
    const seconds = (now - this.started) / 1000;
    const rate = this.bytes / seconds;
    // The estimate is of the server's files, indexes included, so a dump mostly ends before it.
    const share = this.expected > 0 ? Math.min(99, Math.floor((this.bytes / this.expected) * 100)) : undefined;
    const left = share !== undefined && rate > 0 && share > 2 ? `, about ${duration(((this.expected - this.bytes) / rate) * 1000)} left` : '';
    return `  ${megabytes(this.bytes)} ${this.done}${share === undefined ? '' : ` of about ${megabytes(this.expected)} (${share} %)`}, ${megabytes(rate)}/s, ${duration(seconds * 1000)}${left}${this.table ? `, at ${this.table}` : ''}`;
  }
}

/** `1.5 GB`, `32 MB`, `0.4 MB`; of ten, not of two. */
export function megabytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** `2 h 5 min`, `3 min 20 s`, `8.4 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
