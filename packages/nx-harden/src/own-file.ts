import type { Tree } from '@nx/devkit';
import { createTwoFilesPatch } from 'diff';
import type { ManualStep } from './capability';
import { fingerprint } from './fingerprint';
import { fromRecordedPath, toRecordedPath } from './hardening-file';

/** The fingerprints of the files that we own, by recorded path. It is changed in place. */
type OwnedFiles = Record<string, string>;

/** In place of a fingerprint. */
const STATE = 'state';

/**
 * Writes a file of ours and records it. A file at that path which we did not write, or which was edited by hand since,
 * is kept; the step that comes back then offers our version.
 */
export function writeOwnFile(tree: Tree, appRoot: string, owned: OwnedFiles, path: string, content: string): ManualStep | undefined {
  const recorded = toRecordedPath(appRoot, path);
  const wanted = fingerprint(path, content);
  const present = tree.exists(path) ? (tree.read(path, 'utf-8') ?? '') : undefined;
  const isAsRecorded = present !== undefined && fingerprint(path, present) === owned[recorded];
  const isAsWanted = present !== undefined && fingerprint(path, present) === wanted;

  if (present === undefined || (isAsRecorded && !isAsWanted)) tree.write(path, content);
  if (present === undefined || isAsRecorded || isAsWanted) {
    owned[recorded] = wanted;
    return undefined;
  }
  // Edited by hand, and we have nothing newer to offer than what the edit began with.
  if (owned[recorded] === wanted) return undefined;
  return {
    file: path,
    why: recorded in owned ? 'It was edited by hand, so it is kept. The plugin has a newer version:' : 'A file that the plugin did not write is in its place, and is kept. To use ours, apply:',
    lines: createTwoFilesPatch(path, path, present, content, 'yours', 'nx-harden').split('\n').slice(1).join('\n').trimEnd(),
  };
}

/** Begins a file whose content changes from run to run, such as a baseline: written once, then left to the tools, deleted on removal. */
export function beginStateFile(tree: Tree, appRoot: string, owned: OwnedFiles, path: string, content: string | undefined): void {
  if (!tree.exists(path)) {
    if (content !== undefined) tree.write(path, content);
  } else if (owned[toRecordedPath(appRoot, path)] !== STATE) return;
  owned[toRecordedPath(appRoot, path)] = STATE;
}

/** Deletes one file of ours, unless it was edited by hand: then it stays, and the step says so. */
export function removeOwnFile(tree: Tree, appRoot: string, owned: OwnedFiles, recorded: string): ManualStep | undefined {
  const path = fromRecordedPath(appRoot, recorded);
  const present = tree.exists(path) ? (tree.read(path, 'utf-8') ?? '') : undefined;
  const isAsRecorded = present !== undefined && (owned[recorded] === STATE || fingerprint(path, present) === owned[recorded]);
  if (present !== undefined && isAsRecorded) tree.delete(path);
  delete owned[recorded];
  if (present === undefined || isAsRecorded) return undefined;
  return { file: path, why: 'It was edited by hand, so it is kept. Delete it when you no longer need it:', lines: `git rm ${path}` };
}
