import { Interrupted } from './signals';

/** What a command comes to, as a number for scripts: documented in docs/capabilities/backup.md. */
export const EXIT = { success: 0, failed: 1, prune: 3, interrupted: 130, terminated: 143 } as const;

/** The one sentence of an error; its stack as well when that is asked for. */
export function explain(error: unknown, verbose: boolean): string {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  return verbose && stack ? stack : message;
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return error.by === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  return EXIT.failed;
}
