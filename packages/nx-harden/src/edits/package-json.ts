import type { Tree } from '@nx/devkit';
import { readJsonFile } from '../package-manager';
import { removeJsonValue, setJsonValue } from './json';

export type DependencyKind = 'dependencies' | 'devDependencies';

/**
 * Adds dependencies that the manifest does not have yet, and leaves the team's own choice of version alone.
 * Returns the names that were added, for {@link removeDependencies} to take out again.
 */
export function addDependencies(tree: Tree, manifestPath: string, kind: DependencyKind, ranges: Record<string, string>): string[] {
  const manifest = readJsonFile(tree, manifestPath);
  if (manifest === undefined) throw new Error(`${manifestPath} not found: cannot add ${Object.keys(ranges).join(', ')}.`);
  const present = { ...asRecord(manifest['devDependencies']), ...asRecord(manifest['dependencies']) };
  const missing = Object.entries(ranges).filter(([name]) => !(name in present));
  for (const [name, range] of missing) setJsonValue(tree, manifestPath, [kind, name], range);
  return missing.map(([name]) => name);
}

/** Takes out what {@link addDependencies} added; an object that it leaves empty goes too, unless it was there before. */
export function removeDependencies(tree: Tree, manifestPath: string, names: readonly string[], { keepEmpty = false } = {}): void {
  removeKeys(tree, manifestPath, ['dependencies', 'devDependencies'], names, !keepEmpty);
}

/** Adds scripts that are not there. Returns the names that were added; a script of the user's with that name stays. */
export function addScripts(tree: Tree, manifestPath: string, scripts: Record<string, string>): string[] {
  const present = asRecord(readJsonFile(tree, manifestPath)?.['scripts']);
  const missing = Object.entries(scripts).filter(([name]) => !(name in present));
  for (const [name, command] of missing) setJsonValue(tree, manifestPath, ['scripts', name], command);
  return missing.map(([name]) => name);
}

/** The command of a script. */
export function scriptIn(tree: Tree, manifestPath: string, name: string): unknown {
  return asRecord(readJsonFile(tree, manifestPath)?.['scripts'])[name];
}

/** Takes out what {@link addScripts} added; as {@link removeDependencies}. */
export function removeScripts(tree: Tree, manifestPath: string, names: readonly string[], { keepEmpty = false } = {}): void {
  removeKeys(tree, manifestPath, ['scripts'], names, !keepEmpty);
}

/** Whether a manifest has a section with nothing in it, which is not the same as having none. */
export function hasEmptySection(tree: Tree, manifestPath: string, section: string): boolean {
  const value = readJsonFile(tree, manifestPath)?.[section];
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function removeKeys(tree: Tree, path: string, sections: readonly string[], names: readonly string[], dropEmpty: boolean): void {
  for (const section of sections) {
    const present = asRecord(readJsonFile(tree, path)?.[section]);
    for (const name of names.filter((one) => one in present)) removeJsonValue(tree, path, [section, name], { dropEmpty });
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
