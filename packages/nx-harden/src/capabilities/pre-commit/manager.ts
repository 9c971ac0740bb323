import type { Tree } from '@nx/devkit';
import type { ReadTree } from '../../capability';
import { findLefthookFile } from '../../edits/lefthook';
import { PRE_COMMIT_CONFIG } from '../../edits/pre-commit-config';
import { fromRecordedPath, type CapabilityRecord } from '../../hardening-file';
import type { NextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import { siblingsWith } from '../../sibling-apps';
import type { PreCommitOptions } from './schema';

export type Manager = NonNullable<PreCommitOptions['manager']>;
/** The options with nothing left open. */
export type ResolvedOptions = PreCommitOptions & { manager: Manager };

/**
 * The options for the workspace. A repository has one set of hooks: what was chosen for another app holds for this one
 * as well, unless this one says otherwise.
 */
export function workspaceOptions(tree: ReadTree, app: NextApp, options: PreCommitOptions, record: CapabilityRecord): ResolvedOptions {
  // It is only read, which takes no more than a ReadTree.
  const chosen = siblingsWith(tree as Tree, 'pre-commit', app.root).map((sibling) => sibling.record.options);
  const shared = Object.assign({}, options, ...chosen, record.options) as PreCommitOptions;
  return { ...shared, manager: shared.manager ?? presentManager(tree) ?? 'pre-commit' };
}

/** Whether the workspace has a manager of its own already: then it is installed the team's way. */
export function hasOwnSetup(tree: ReadTree, { root }: NextApp, manager: Manager, record: CapabilityRecord): boolean {
  const isOurs = (path: string): boolean => Object.keys(record.files).some((recorded) => fromRecordedPath(root, recorded) === path);
  if (manager === 'pre-commit') return tree.exists(PRE_COMMIT_CONFIG) && !isOurs(PRE_COMMIT_CONFIG);
  if (manager === 'husky') return tree.children('.husky').some((entry) => tree.isFile(`.husky/${entry}`) && !isOurs(`.husky/${entry}`));
  const config = findLefthookFile(tree);
  return config !== undefined && !isOurs(config);
}

function presentManager(tree: ReadTree): Manager | undefined {
  const manifest = readJsonFile(tree, 'package.json');
  const listed = { ...(manifest?.['dependencies'] as object), ...(manifest?.['devDependencies'] as object) };
  if (findLefthookFile(tree)) return 'lefthook';
  if (tree.children('.husky').length > 0) return 'husky';
  if (tree.exists(PRE_COMMIT_CONFIG)) return 'pre-commit';
  return 'husky' in listed ? 'husky' : 'lefthook' in listed ? 'lefthook' : undefined;
}
