import type { Tree } from '@nx/devkit';
import type { Capability } from './capability';
import { addIgnoredPath, removeIgnoredPath } from './edits/gitignore';
import { addDependencies, addScripts, hasEmptySection, removeDependencies, removeScripts } from './edits/package-json';
import { fromRecordedPath, hardeningFilePath, printHardeningFile, readHardeningFile, toRecordedPath, type CapabilityRecord, type HardeningFile } from './hardening-file';
import { describeNextApp, inDir, type NextApp } from './next-app';
import { findNextProjects } from './project';
import { capabilityById } from './registry';
import { readCapabilitySchema, resolvedOptions } from './schema-options';

/** Entries in files of the user's. An entry that is there already is the user's, and stays as it is. */
export interface PutEntries {
  /** Packages for the manifest that lists the app's own, with their ranges. */
  devDependencies?: Record<string, string>;
  /** Packages for the workspace's own package.json: what runs in its root, such as a Git hook, finds them there alone. */
  rootDevDependencies?: Record<string, string>;
  /** Scripts of the workspace's package.json. */
  scripts?: Record<string, string>;
  /** Paths for the workspace's .gitignore, such as `test-output/`. */
  ignored?: readonly string[];
}

type Kind = keyof PutEntries;

/** `<file>#<kind>`, as `hardening.json` has it under `entries`. */
interface Place {
  kind: Kind;
  file: string;
}

/** In the list of the names that we added: the section was there before, and empty, so it stays when they go. */
const WAS_EMPTY = '{}';

const KINDS: readonly Kind[] = ['devDependencies', 'rootDevDependencies', 'scripts', 'ignored'];

/** Adds what a capability wants and takes out what a former run added and this one no longer wants. `record` is changed in place. */
export function putEntries(tree: Tree, app: NextApp, file: HardeningFile, capability: Capability, record: CapabilityRecord, options: Record<string, unknown>): void {
  const wanted = capability.entries?.({ tree, app, options, record }) ?? {};
  const before = record.entries ?? {};
  const after: Record<string, string[]> = {};
  for (const kind of KINDS) {
    const place = { kind, file: fileOf(kind, app) };
    const key = keyOf(place, app.root);
    const names = namesOf(wanted, kind);
    const wasEmpty = before[key]?.includes(WAS_EMPTY) || (kind !== 'ignored' && hasEmptySection(tree, place.file, kind));
    const added = add(tree, place, wanted);
    const ours = names.filter((name) => added.includes(name) || before[key]?.includes(name));
    if (ours.length > 0) after[key] = [...ours, ...(wasEmpty ? [WAS_EMPTY] : [])].sort();
  }
  const stale = Object.fromEntries(Object.entries(before).map(([key, names]) => [key, names.filter((name) => !after[key]?.includes(name))]));
  record.entries = after;
  if (Object.keys(after).length === 0) delete record.entries;
  takeEntries(tree, app, stale, file);
}

/** Takes entries out that a capability added, apart from those that another one needs: that one gets them. */
export function takeEntries(tree: Tree, app: NextApp, added: Record<string, string[]> | undefined, own: HardeningFile): void {
  for (const [key, names] of Object.entries(added ?? {})) {
    const place = placeOf(key, app.root);
    const wasEmpty = names.includes(WAS_EMPTY);
    for (const name of names) {
      if (name === WAS_EMPTY) continue;
      const heir = passOn(tree, app, own, place, name, wasEmpty);
      if (heir === undefined) take(tree, place, name, wasEmpty);
      // What the tools of this app have left there is of no use to another one.
      if (place.kind === 'ignored' && heir !== app.root && tree.children(inDir(app.root, name)).length > 0) tree.delete(inDir(app.root, name));
    }
  }
}

/** Gives an entry to a capability, of this app or another, that wants it too. Returns the root of that app. */
function passOn(tree: Tree, { root }: NextApp, own: HardeningFile, place: Place, name: string, wasEmpty: boolean): string | undefined {
  for (const project of findNextProjects(tree)) {
    const isOwn = project.root === root;
    const file = isOwn ? own : readHardeningFile(tree, project.root);
    const app = describeNextApp(tree, project);
    for (const [id, record] of Object.entries(file.capabilities)) {
      const capability = capabilityById(id);
      if (fileOf(place.kind, app) !== place.file) continue;
      const options = resolvedOptions(readCapabilitySchema(id), record.options);
      if (!namesOf(capability.entries?.({ tree, app, options, record }) ?? {}, place.kind).includes(name)) continue;
      const key = keyOf(place, project.root);
      record.entries = { ...record.entries, [key]: [...new Set([...(record.entries?.[key] ?? []), name, ...(wasEmpty ? [WAS_EMPTY] : [])])].sort() };
      if (!isOwn) tree.write(hardeningFilePath(project.root), printHardeningFile(file));
      return project.root;
    }
  }
  return undefined;
}

function add(tree: Tree, { kind, file }: Place, wanted: PutEntries): string[] {
  if (kind === 'devDependencies' || kind === 'rootDevDependencies') return addDependencies(tree, file, 'devDependencies', wanted[kind] ?? {});
  if (kind === 'scripts') return addScripts(tree, file, wanted.scripts ?? {});
  return (wanted.ignored ?? []).filter((path) => addIgnoredPath(tree, file, path));
}

function take(tree: Tree, { kind, file }: Place, name: string, keepEmpty: boolean): void {
  if (!tree.exists(file)) return;
  if (kind === 'devDependencies' || kind === 'rootDevDependencies') removeDependencies(tree, file, [name], { keepEmpty });
  else if (kind === 'scripts') removeScripts(tree, file, [name], { keepEmpty });
  else removeIgnoredPath(tree, file, name);
}

function namesOf(entries: PutEntries, kind: Kind): string[] {
  return kind === 'ignored' ? [...(entries.ignored ?? [])] : Object.keys(entries[kind] ?? {});
}

function fileOf(kind: Kind, { manifest }: NextApp): string {
  return { devDependencies: manifest, rootDevDependencies: 'package.json', scripts: 'package.json', ignored: '.gitignore' }[kind];
}

function keyOf({ kind, file }: Place, root: string): string {
  return `${toRecordedPath(root, file)}#${kind}`;
}

function placeOf(key: string, root: string): Place {
  const at = key.lastIndexOf('#');
  return { file: fromRecordedPath(root, key.slice(0, at)), kind: key.slice(at + 1) as Kind };
}
