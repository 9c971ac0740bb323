import type { Tree } from '@nx/devkit';
import { fromRecordedPath, hardeningFilePath, printHardeningFile, readHardeningFile, toRecordedPath, type CapabilityRecord, type HardeningFile } from './hardening-file';
import { describeNextApp, type NextApp } from './next-app';
import { findNextProjects } from './project';
import { readCapabilitySchema, resolvedOptions } from './schema-options';

/** Another app of the workspace that has the same capability on: files outside the apps belong to all of them. */
export interface SiblingApp {
  app: NextApp;
  options: Record<string, unknown>;
  record: CapabilityRecord;
  file: HardeningFile;
}

/** The other apps that have a capability on, by root. */
export function siblingsWith(tree: Tree, id: string, root: string): SiblingApp[] {
  return findNextProjects(tree)
    .filter((place) => place.root !== root)
    .flatMap((place) => {
      const file = readHardeningFile(tree, place.root);
      const record = file.capabilities[id];
      if (!record) return [];
      return [{ app: describeNextApp(tree, place), options: resolvedOptions(readCapabilitySchema(id), record.options), record, file }];
    });
}

/** The files of a record that lie outside its app, as workspace paths with their fingerprints. */
export function sharedFilesOf(record: CapabilityRecord, root: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record.files)
      .map(([recorded, print]): [string, string] => [fromRecordedPath(root, recorded), print])
      .filter(([path]) => isOutside(path, root)),
  );
}

/** Takes over what siblings recorded of files outside the apps, so that their file is not taken for a stranger's. */
export function adoptSharedFiles(record: CapabilityRecord, root: string, siblings: readonly SiblingApp[]): void {
  for (const sibling of siblings) {
    for (const [path, print] of Object.entries(sharedFilesOf(sibling.record, sibling.app.root))) {
      record.files[toRecordedPath(root, path)] ??= print;
    }
  }
}

/** Writes into the siblings' records what this run made of the files that they share. */
export function updateSiblings(tree: Tree, record: CapabilityRecord, root: string, siblings: readonly SiblingApp[]): void {
  const shared = sharedFilesOf(record, root);
  for (const sibling of siblings) {
    for (const path of Object.keys(sharedFilesOf(sibling.record, sibling.app.root))) delete sibling.record.files[toRecordedPath(sibling.app.root, path)];
    for (const [path, print] of Object.entries(shared)) sibling.record.files[toRecordedPath(sibling.app.root, path)] = print;
    tree.write(hardeningFilePath(sibling.app.root), printHardeningFile(sibling.file));
  }
}

/** An app in the workspace's root has the workspace's own files in it: those are the ones below a dotted folder. */
function isOutside(path: string, root: string): boolean {
  return root === '.' || root === '' ? path.startsWith('.') : !path.startsWith(`${root}/`);
}
