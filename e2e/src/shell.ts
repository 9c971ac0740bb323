import { delimiter, join } from 'node:path';
import { execa } from 'execa';

export const REPOSITORY = join(import.meta.dirname, '../..');

/** What takes longer hangs. */
const LONGEST_RUN_MS = 8 * 60_000;

export interface Outcome {
  code: number;
  /** Standard output and error, as they came. */
  output: string;
  stdout: string;
}

/**
 * The environment of a new user: ours without what pnpm, Nx and vitest put into it, and with this repository's Node
 * and pnpm first on the path.
 */
export function userEnvironment(more: Record<string, string> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(NX_|npm_|PNPM_|VITEST|NODE_ENV$|CI$|INIT_CWD$|NODE_PATH$|FORCE_COLOR$|TEST$|MODE$|PROD$|DEV$|BASE_URL$|SSR$)/.test(name),
  ) as [string, string][];
  return {
    ...Object.fromEntries(inherited),
    PATH: [join(REPOSITORY, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
    NX_DAEMON: 'false',
    NEXT_TELEMETRY_DISABLED: '1',
    NO_COLOR: '1',
    // create-nx-workspace installs before it can say which packages may run scripts.
    PNPM_CONFIG_STRICT_DEP_BUILDS: 'false',
    ...more,
  };
}

export interface RunOptions {
  env?: Record<string, string>;
  /** Called for each line of output as it comes. */
  onLine?: (line: string) => void;
  /** What is typed into it once it has asked; without this it finds its input closed. */
  answer?: { to: string; with: string };
}

/** Runs a program as a new user would, and does not throw when it fails. */
export async function attempt(command: string, args: string[], cwd: string, { env = {}, onLine, answer }: RunOptions = {}): Promise<Outcome> {
  const stdin = answer ? 'pipe' : 'ignore';
  const child = execa(command, args, { cwd, env: userEnvironment(env), extendEnv: false, reject: false, all: true, stdin, cleanup: true, timeout: LONGEST_RUN_MS });
  if (answer) {
    let heard = '';
    child.all.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      // What is written before the question stands there is lost.
      if (heard.includes(answer.to) && !child.stdin?.writableEnded) child.stdin?.end(answer.with);
    });
  }
  if (onLine) {
    for await (const line of child.iterable({ from: 'all' })) onLine(String(line));
  }
  const { exitCode, all, stdout, originalMessage } = await child;
  return { code: exitCode ?? 1, output: all || originalMessage || '', stdout };
}

/** Runs a program, returns its standard output, and throws with all that it said when it fails. */
export async function run(command: string, args: string[], cwd: string, options: RunOptions = {}): Promise<string> {
  return (await succeed(command, args, cwd, options)).stdout;
}

/** As {@link run}, and returns all that it said: Nx warns on standard error. */
export async function runAloud(command: string, args: string[], cwd: string, options: RunOptions = {}): Promise<string> {
  return (await succeed(command, args, cwd, options)).output;
}

async function succeed(command: string, args: string[], cwd: string, options: RunOptions): Promise<Outcome> {
  const outcome = await attempt(command, args, cwd, options);
  if (outcome.code !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${outcome.code} in ${cwd}:\n${outcome.output}`);
  return outcome;
}
