import type { ReadTree } from './capability';
import { parseScript } from './edits/source';
import { fingerprint } from './fingerprint';
import { fromRecordedPath } from './hardening-file';
import type { NextApp } from './next-app';
import { importedPaths, loadedPaths, resolveImport } from './script-imports';

/**
 * Which of our files stay when a capability goes, by recorded path: those that the team has edited, and what they bring
 * in. A script whose imports are gone would not compile.
 */
export function keptFiles(tree: ReadTree, app: NextApp, files: Record<string, string>): string[] {
  const recorded = new Map(Object.keys(files).map((one) => [fromRecordedPath(app.root, one), one]));
  const kept = new Set<string>();
  const keep = (path: string): void => {
    if (kept.has(path)) return;
    kept.add(path);
    for (const imported of ownImports(tree, app, path)) if (recorded.has(imported)) keep(imported);
  };
  for (const [path, one] of recorded) if (isEdited(tree, path, files[one])) keep(path);
  return [...kept].map((path) => recorded.get(path)).filter((one) => one !== undefined);
}

/** Whether the team has changed a file of ours. One that lives on by what tools write into it has no fingerprint. */
export function isEdited(tree: ReadTree, path: string, recorded: string | undefined): boolean {
  const text = tree.exists(path) ? tree.read(path, 'utf-8') : null;
  return text !== null && recorded?.startsWith('sha256-') === true && fingerprint(path, text) !== recorded;
}

/** Entries of a capability without the packages that files which stay bring in, and their types. */
export function entriesToTake(tree: ReadTree, app: NextApp, kept: readonly string[], entries: Record<string, string[]> | undefined): Record<string, string[]> {
  const imported = kept.flatMap((recorded) => importsOf(tree, fromRecordedPath(app.root, recorded)));
  const isNeeded = (name: string): boolean => imported.some((path) => path === name || path.startsWith(`${name}/`) || name === `@types/${path}`);
  return Object.fromEntries(Object.entries(entries ?? {}).map(([place, names]) => [place, names.filter((name) => !isNeeded(name))]));
}

function importsOf(tree: ReadTree, path: string): string[] {
  const program = /\.[cm]?[jt]sx?$/.test(path) ? parseScript(path, tree.read(path, 'utf-8') ?? '') : undefined;
  return program ? [...importedPaths(program), ...loadedPaths(program)] : [];
}

function ownImports(tree: ReadTree, app: NextApp, path: string): string[] {
  return importsOf(tree, path).map((one) => resolveImport(tree, app, path, one)).filter((one) => one !== undefined);
}
