import { delimiter, join } from 'node:path';
import { execa } from 'execa';

export const REPOSITORY = join(import.meta.dirname, '../..');

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

/** Runs a program as a new user would, and does not throw when it fails. */
export async function attempt(command: string, args: string[], cwd: string, { env = {}, onLine }: { env?: Record<string, string>; onLine?: (line: string) => void } = {}): Promise<Outcome> {
  const child = execa(command, args, { cwd, env: userEnvironment(env), extendEnv: false, reject: false, all: true, stdin: 'ignore', cleanup: true });
  if (onLine) {
    for await (const line of child.iterable({ from: 'all' })) onLine(String(line));
  }
  const { exitCode, all, stdout, originalMessage } = await child;
  return { code: exitCode ?? 1, output: all || originalMessage || '', stdout };
}

/** Runs a program, and throws with all that it said when it fails. */
export async function run(command: string, args: string[], cwd: string, options: Parameters<typeof attempt>[3] = {}): Promise<string> {
  const { code, output, stdout } = await attempt(command, args, cwd, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${code} in ${cwd}:\n${output}`);
  return stdout;
}
