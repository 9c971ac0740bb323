import { run } from './shell.ts';

const IDENTITY = ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example.com', '-c', 'commit.gpgsign=false'];

/** Commits all that there is, and returns the commit. */
export async function commitAll(cwd: string, message: string): Promise<string> {
  await run('git', ['add', '-A'], cwd);
  await run('git', [...IDENTITY, 'commit', '-q', '--allow-empty', '--no-verify', '-m', message], cwd);
  return run('git', ['rev-parse', 'HEAD'], cwd);
}

/** Makes a repository of a folder, with all that is in it as its first commit. */
export async function initRepository(cwd: string): Promise<string> {
  await run('git', ['init', '-q', '-b', 'main'], cwd);
  return commitAll(cwd, 'first');
}

/** The files that differ from HEAD, tracked or not, a line each. */
export function status(cwd: string): Promise<string> {
  return run('git', ['status', '--porcelain', '--untracked-files=all'], cwd);
}

/** The files that differ between a commit and what is there now. */
export async function changedSince(cwd: string, commit: string): Promise<string[]> {
  await run('git', ['add', '-A', '--intent-to-add'], cwd);
  return (await run('git', ['diff', '--name-only', commit], cwd)).split('\n').filter(Boolean);
}
