import type { ReadTree } from './capability';
import { readJsonFile } from './package-manager';

/**
 * The branch that the team merges into: what the remote calls its HEAD, else nx.json's `defaultBase`,
 * else the branch that is checked out when it is `master` or the like, else `main`.
 */
export function readDefaultBranch(tree: ReadTree): string {
  return remoteHead(tree) ?? configuredBase(tree) ?? checkedOut(tree) ?? 'main';
}

function remoteHead(tree: ReadTree): string | undefined {
  return read(tree, '.git/refs/remotes/origin/HEAD', /^ref: refs\/remotes\/origin\/(.+)$/m);
}

function configuredBase(tree: ReadTree): string | undefined {
  const nxJson = readJsonFile(tree, 'nx.json');
  const base = nxJson?.['defaultBase'] ?? (nxJson?.['affected'] as { defaultBase?: unknown } | undefined)?.defaultBase;
  return typeof base === 'string' && base !== '' ? base.replace(/^origin\//, '') : undefined;
}

/** A feature branch that happens to be checked out is not what the team deploys from. */
function checkedOut(tree: ReadTree): string | undefined {
  return read(tree, '.git/HEAD', /^ref: refs\/heads\/(main|master|trunk|develop|production.*)$/m);
}

function read(tree: ReadTree, path: string, pattern: RegExp): string | undefined {
  if (!tree.exists(path) || !tree.isFile(path)) return undefined;
  return pattern.exec(tree.read(path, 'utf-8') ?? '')?.[1];
}
