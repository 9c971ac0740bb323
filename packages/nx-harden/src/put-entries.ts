import type { Tree } from '@nx/devkit';
import type { Capability } from './capability';
import { addIgnoredPath, removeIgnoredPath } from './edits/gitignore';
import { addDependencies, addScripts, hasEmptySection, removeDependencies, removeScripts, scriptIn } from './edits/package-json';
import { fromRecordedPath, hardeningFilePath, printHardeningFile, readHardeningFile, toRecordedPath, type CapabilityRecord, type HardeningFile } from './hardening-file';
import { describeNextApp, inDir, type NextApp } from './next-app';
import { findNextProjects } from './project';
import { capabilityById } from './registry';
import { readCapabilitySchema, resolvedOptions } from './schema-options';

/** Entries in files of the user's. An entry that is there already is the user's, and stays as it is. */
export interface PutEntries {
  /** Packages that the app itself runs with, for the manifest that lists its own, with their ranges. */
  dependencies?: Record<string, string>;
  /** Packages for its tests and tools, in the same manifest. */
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

const SECTIONS: Partial<Record<Kind, string>> = { dependencies: 'dependencies', devDependencies: 'devDependencies', rootDevDependencies: 'devDependencies', scripts: 'scripts' };
/** What the tools leave in an ignored folder; whatever else lies there is not ours to delete. */
const OUTPUTS = ['vitest', 'playwright', 'playwright-report', 'playwright.json', 'blob-report'];
const KINDS: readonly Kind[] = ['dependencies', 'devDependencies', 'rootDevDependencies', 'scripts', 'ignored'];

/** Adds what a capability wants and takes out what a former run added and this one no longer wants. `record` is changed in place. */
export function putEntries(tree: Tree, app: NextApp, file: HardeningFile, capability: Capability, record: CapabilityRecord, options: Record<string, unknown>): void {
  const wanted = capability.entries?.({ tree, app, options, record }) ?? {};
  const before = record.entries ?? {};
  const after: Record<string, string[]> = {};
  // First out, then in: a script of ours that has another command now is taken out as the old one.
  const stale = Object.fromEntries(Object.entries(before).map(([key, names]) => [key, staleOf(names, namesOf(wanted, placeOf(key, app.root).kind))]));
  takeEntries(tree, app, stale, file);
  for (const kind of KINDS) {
    const place = { kind, file: fileOf(kind, app) };
    const key = keyOf(place, app.root);
    const names = namesOf(wanted, kind);
    const wasEmpty = before[key]?.includes(WAS_EMPTY) || (SECTIONS[kind] !== undefined && hasEmptySection(tree, place.file, SECTIONS[kind]));
    const added = add(tree, place, wanted);
    const ours = names.filter((name) => added.includes(name) || before[key]?.includes(name));
    if (ours.length > 0) after[key] = [...ours, ...(wasEmpty ? [WAS_EMPTY] : [])].sort();
  }
  record.entries = after;
  if (Object.keys(after).length === 0) delete record.entries;
}

/** What is no longer wanted; with the marker only when nothing of ours is left there. */
function staleOf(names: readonly string[], wanted: readonly string[]): string[] {
  const stale = names.filter((name) => name !== WAS_EMPTY && !wanted.includes(name));
  return stale.length === names.filter((name) => name !== WAS_EMPTY).length ? [...names] : stale;
}

/** Takes entries out that a capability added, apart from those that another one needs: that one gets them. */
export function takeEntries(tree: Tree, app: NextApp, added: Record<string, string[]> | undefined, own: HardeningFile): void {
  for (const [key, names] of Object.entries(added ?? {})) {
    const place = placeOf(key, app.root);
    const wasEmpty = names.includes(WAS_EMPTY);
    for (const name of names) {
      if (name === WAS_EMPTY) continue;
      if (!passOn(tree, app, own, place, name)) take(tree, place, name, wasEmpty);
    }
    if (wasEmpty) passMarkerOn(tree, app, own, place);
  }
}

/** Deletes what the tools of a capability that goes have left in the app, unless another one of the app uses the folder. */
export function deleteOutputs(tree: Tree, app: NextApp, id: string, gone: CapabilityRecord, own: HardeningFile): void {
  const ignoredBy = (capability: string, record: CapabilityRecord): readonly string[] => {
    const options = resolvedOptions(readCapabilitySchema(capability), record.options);
    return capabilityById(capability).entries?.({ tree, app, options, record }).ignored ?? [];
  };
  const inUse = Object.entries(own.capabilities).flatMap(([capability, record]) => ignoredBy(capability, record));
  for (const path of ignoredBy(id, gone).filter((one) => !inUse.includes(one))) {
    const dir = inDir(app.root, path.replace(/\/$/, ''));
    for (const output of OUTPUTS.filter((one) => tree.children(dir).includes(one))) tree.delete(inDir(dir, output));
  }
}

/** All apps with what is on in them, this one first: it is the nearest heir. */
function hardenedApps(tree: Tree, root: string, own: HardeningFile): { app: NextApp; file: HardeningFile }[] {
  const projects = findNextProjects(tree).sort((a, b) => Number(b.root === root) - Number(a.root === root));
  return projects.map((project) => ({ app: describeNextApp(tree, project), file: project.root === root ? own : readHardeningFile(tree, project.root) }));
}

function save(tree: Tree, { app, file }: { app: NextApp; file: HardeningFile }, own: HardeningFile): void {
  if (file !== own) tree.write(hardeningFilePath(app.root), printHardeningFile(file));
}

/** The last one that has an entry there leaves the section as it was before the first. */
function passMarkerOn(tree: Tree, { root }: NextApp, own: HardeningFile, place: Place): void {
  for (const hardened of hardenedApps(tree, root, own)) {
    const key = keyOf(place, hardened.app.root);
    const heir = Object.values(hardened.file.capabilities).find(({ entries }) => (entries?.[key]?.length ?? 0) > 0);
    if (!heir?.entries?.[key]) continue;
    heir.entries[key] = [...new Set([...heir.entries[key], WAS_EMPTY])].sort();
    return save(tree, hardened, own);
  }
}

/** Gives an entry to a capability, of this app or another, that wants it too. */
function passOn(tree: Tree, { root }: NextApp, own: HardeningFile, place: Place, name: string): boolean {
  for (const hardened of hardenedApps(tree, root, own)) {
    const { app, file } = hardened;
    if (fileOf(place.kind, app) !== place.file) continue;
    for (const [id, record] of Object.entries(file.capabilities)) {
      const options = resolvedOptions(readCapabilitySchema(id), record.options);
      if (!namesOf(capabilityById(id).entries?.({ tree, app, options, record }) ?? {}, place.kind).includes(name)) continue;
      const key = keyOf(place, app.root);
      record.entries = { ...record.entries, [key]: [...new Set([...(record.entries?.[key] ?? []), name])].sort() };
      save(tree, hardened, own);
      return true;
    }
  }
  return false;
}

function add(tree: Tree, { kind, file }: Place, wanted: PutEntries): string[] {
  if (isDependencies(kind)) return addDependencies(tree, file, kind === 'dependencies' ? kind : 'devDependencies', wanted[kind] ?? {});
  if (kind === 'scripts') return addScripts(tree, file, wanted.scripts ?? {}).map((name) => scriptEntry(name, wanted.scripts?.[name]));
  return (wanted.ignored ?? []).filter((path) => addIgnoredPath(tree, file, path));
}

function take(tree: Tree, { kind, file }: Place, name: string, keepEmpty: boolean): void {
  if (!tree.exists(file)) return;
  if (isDependencies(kind)) removeDependencies(tree, file, [name], { keepEmpty });
  else if (kind === 'scripts') {
    const [script = '', command] = name.split(/=(.*)/s);
    // One that the team has changed is theirs.
    if (scriptIn(tree, file, script) === command) removeScripts(tree, file, [script], { keepEmpty });
  }
  else removeIgnoredPath(tree, file, name);
}

function isDependencies(kind: Kind): kind is 'dependencies' | 'devDependencies' | 'rootDevDependencies' {
  return /dependencies$/i.test(kind);
}

function namesOf(entries: PutEntries, kind: Kind): string[] {
  if (kind === 'scripts') return Object.entries(entries.scripts ?? {}).map(([name, command]) => scriptEntry(name, command));
  return kind === 'ignored' ? [...(entries.ignored ?? [])] : Object.keys(entries[kind] ?? {});
}

/** As it is recorded: with its command, to be known again. */
function scriptEntry(name: string, command = ''): string {
  return `${name}=${command}`;
}

function fileOf(kind: Kind, { manifest }: NextApp): string {
  return { dependencies: manifest, devDependencies: manifest, rootDevDependencies: 'package.json', scripts: 'package.json', ignored: '.gitignore' }[kind];
}

function keyOf({ kind, file }: Place, root: string): string {
  return `${toRecordedPath(root, file)}#${kind}`;
}

function placeOf(key: string, root: string): Place {
  const at = key.lastIndexOf('#');
  return { file: fromRecordedPath(root, key.slice(0, at)), kind: key.slice(at + 1) as Kind };
}
