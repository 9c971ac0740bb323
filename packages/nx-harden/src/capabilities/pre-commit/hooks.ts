import type { ReadTree } from '../../capability';
import type { NextApp } from '../../next-app';
import { EXEC, readJsonFile } from '../../package-manager';
import type { PreCommitOptions } from './schema';
import { secretScanCommand } from './secret-scan';

export type HookId = 'secrets' | 'large-files' | 'merge-markers' | 'lint' | 'format' | 'sync' | 'type-check' | 'test' | 'affected';

/** One check, whatever runs it. */
export interface Hook {
  id: HookId;
  name: string;
  run: string;
  stage: 'commit' | 'push';
  /** The files that are appended to the command; none when it finds them by itself. */
  files?: 'staged' | 'scripts';
}

export const STAGED_FILES = '.hardening/staged-files.mjs';
export const AFFECTED = '.hardening/affected.mjs';

/** What a script is, for a manager that filters by a regular expression, and for one that filters by a glob. */
export const SCRIPTS = { pattern: '\\.[cm]?[jt]sx?$', glob: '*.{js,jsx,ts,tsx,cjs,cts,mjs,mts}' };

/** The checks for a workspace, in the order in which they run: what is quick, and what must not get out, comes first. */
export function hooksOf(tree: ReadTree, app: NextApp, options: PreCommitOptions): Hook[] {
  const nx = `${EXEC[app.packageManager.name]} nx`;
  const has = (name: string): boolean => isInWorkspace(tree, app, name);
  return [
    { id: 'secrets', name: 'No secrets', stage: 'commit', ...secretScanCommand(tree, app, options) },
    { id: 'large-files', name: 'No large files', run: `node ${STAGED_FILES} large-files --max-kb=${options.maxFileSize}`, stage: 'commit', files: 'staged' },
    { id: 'merge-markers', name: 'No marks of a merge', run: `node ${STAGED_FILES} merge-markers`, stage: 'commit', files: 'staged' },
    has('eslint')
      ? { id: 'lint', name: 'Lint', run: `node ${STAGED_FILES} lint`, stage: 'commit', files: 'scripts' }
      : { id: 'lint', name: 'Lint', run: `${nx} affected -t lint --uncommitted --outputStyle=static`, stage: 'commit' },
    ...(has('prettier') ? [{ id: 'format', name: 'Format', run: `${nx} format:check --uncommitted`, stage: 'commit' } as const] : []),
    { id: 'sync', name: 'Nx sync', run: `${nx} sync:check`, stage: 'commit' },
    { id: 'type-check', name: 'TypeScript type check', run: `${nx} affected -t typecheck --uncommitted --outputStyle=static`, stage: 'commit' },
    { id: 'test', name: 'Tests', run: `${nx} affected -t test --uncommitted --outputStyle=static`, stage: 'commit' },
    { id: 'affected', name: 'Lint, types, tests, build of what is pushed', run: `node ${AFFECTED} --base=origin/${app.defaultBranch} -t lint typecheck test build`, stage: 'push' },
  ];
}

/** Whether the workspace's root or the app lists a package. */
function isInWorkspace(tree: ReadTree, { dependencies }: NextApp, name: string): boolean {
  const root = readJsonFile(tree, 'package.json');
  return name in { ...(root?.['dependencies'] as object), ...(root?.['devDependencies'] as object), ...dependencies };
}
