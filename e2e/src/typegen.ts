import { run } from './shell.ts';

/** Lets Next write its own files (next-env.d.ts, tsconfig.json) as its build would, so that they are not taken for ours. */
export async function letNextWriteItsTypes(appDir: string): Promise<void> {
  await run('pnpm', ['exec', 'next', 'typegen'], appDir);
}
