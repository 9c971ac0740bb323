import type { Tree } from '@nx/devkit';
import { applyCapabilities, settle, type Left } from './apply-capabilities';
import type { EditResult } from './capability';
import { unregisterPlugin } from './edits/nx-json';
import { fromRecordedPath, hardeningFilePath, isEmptyHardeningFile, printHardeningFile, readHardeningFile, type CapabilityRecord } from './hardening-file';
import { describeNextApp, type NextApp } from './next-app';
import { removeOwnFile } from './own-file';
import { entriesToTake, isEdited, keptFiles } from './kept-files';
import { isImportedByProxy, syncProxy } from './proxy-file/sync';
import { deleteOutputs, takeEntries } from './put-entries';
import { findNextProjects } from './project';
import { capabilityById } from './registry';
import { sharedFilesOf, siblingsWith, type SiblingApp } from './sibling-apps';

/** Takes capabilities out of an app: their files, their seams, their record. Returns what is left to a person. */
export async function removeCapabilities(
  tree: Tree,
  app: NextApp,
  ids: readonly string[],
  /** Also takes the app out of the audit, which `init` put it into. */
  { leaveNoTrace = false } = {},
): Promise<Left> {
  const file = readHardeningFile(tree, app.root);
  const steps: Left['steps'] = [];
  const followUps: Left['followUps'] = [];
  const inUse: { id: string; project: string | undefined }[] = [];
  // The seam first: a proxy that imports a file which is gone does not build. Where it cannot go, its files stay.
  steps.push(...syncProxy(tree, describeNextApp(tree, app), { ...file, capabilities: Object.fromEntries(Object.entries(file.capabilities).filter(([id]) => !ids.includes(id))) }));
  for (const id of ids) {
    const record = file.capabilities[id];
    if (record === undefined) continue;
    delete file.capabilities[id];
    deleteOutputs(tree, describeNextApp(tree, app), id, record, file);
    const siblings = siblingsWith(tree, id, app.root);
    const shared = siblings.length > 0 ? Object.keys(sharedFilesOf(record, app.root)) : [];
    if (shared.length > 0) inUse.push({ id, project: siblings[0]?.app.name });
    const undone = manualSteps(await capabilityById(id).undoInApp?.(tree, describeNextApp(tree, app), record));
    steps.push(...undone);
    // A seam that stays needs its files.
    const isNeeded = undone.length > 0 || (capabilityById(id).proxy !== undefined && isImportedByProxy(tree, describeNextApp(tree, app), Object.keys(record.files)));
    const kept = isNeeded ? [] : keptFiles(tree, describeNextApp(tree, app), record.files);
    for (const recorded of isNeeded ? [] : Object.keys(record.files)) {
      const path = fromRecordedPath(app.root, recorded);
      if (shared.includes(path)) continue;
      const step = kept.includes(recorded) ? keepFile(tree, app, record.files, recorded) : removeOwnFile(tree, app.root, record.files, recorded);
      if (step) steps.push(step);
    }
    if (siblings[0]) passSeamsOn(tree, app.root, record, siblings[0]);
    // Files that stay need their packages.
    if (!isNeeded) takeEntries(tree, describeNextApp(tree, app), entriesToTake(tree, app, kept, record.entries), file);
    if (siblings.length > 0) continue;
    steps.push(...manualSteps(await capabilityById(id).undo?.(tree, describeNextApp(tree, app), record)));
  }
  if (leaveNoTrace) delete file.audited;
  const { steps: settled } = await settle(tree, app, file, []);
  steps.push(...settled.filter((step) => !steps.some((other) => other.file === step.file && other.lines === step.lines)));
  if (isEmptyHardeningFile(file)) tree.delete(hardeningFilePath(app.root));
  // What lies outside the app and another app still uses is made again for that one.
  for (const { id, project } of inUse) {
    const left = await applyCapabilities(tree, project, [{ id, options: {} }]);
    steps.push(...left.steps);
    followUps.push(...left.followUps);
  }
  unregisterIfUnused(tree);
  return { steps, followUps };
}

/** One that the team edited is told by that; one that it brings in stays with it. */
function keepFile(tree: Tree, { root }: NextApp, files: Record<string, string>, recorded: string): Left['steps'][number] | undefined {
  const path = fromRecordedPath(root, recorded);
  if (isEdited(tree, path, files[recorded])) return removeOwnFile(tree, root, files, recorded);
  delete files[recorded];
  return { file: path, why: 'A file that you edited brings it in, so it is kept as well. Delete it together with that one:', lines: `git rm ${path}` };
}

function manualSteps(results: readonly EditResult[] = []): Left['steps'] {
  return results.flatMap((result) => (result.status === 'manual' ? [result.step] : []));
}

/** A seam in a file of the workspace goes with the last app that needs it, so that one has to know of it. */
function passSeamsOn(tree: Tree, root: string, { added }: CapabilityRecord, { app, record, file }: SiblingApp): void {
  const elsewhere = Object.entries(added ?? {}).filter(([path]) => root === '.' || !path.startsWith(`${root}/`));
  if (elsewhere.length === 0) return;
  record.added = { ...Object.fromEntries(elsewhere), ...record.added };
  tree.write(hardeningFilePath(app.root), printHardeningFile(file));
}

/** Nobody needs the inferred targets when no app is hardened or watched any more. */
export function unregisterIfUnused(tree: Tree): void {
  const inUse = findNextProjects(tree).some(({ root }) => tree.exists(hardeningFilePath(root)));
  if (!inUse) unregisterPlugin(tree);
}
