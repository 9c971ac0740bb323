import type { Tree } from '@nx/devkit';
import type { Capability, ManualStep } from './capability';
import type { FollowUp } from './hardening-run';
import { registerPlugin } from './edits/nx-json';
import { fromRecordedPath, hardeningFilePath, printHardeningFile, readHardeningFile, type CapabilityRecord, type HardeningFile } from './hardening-file';
import { HardeningRun } from './hardening-run';
import { describeNextApp, readNextApp, type NextApp } from './next-app';
import { syncNextConfig } from './next-config/sync';
import { removeOwnFile } from './own-file';
import { syncProxy } from './proxy-file/sync';
import { putEntries } from './put-entries';
import { inOrder } from './registry';
import { chosenOptions, readCapabilitySchema, resolvedOptions } from './schema-options';
import { PLUGIN_VERSION } from './plugin-version';
import { adoptSharedFiles, siblingsWith, updateSiblings } from './sibling-apps';

/** A capability that somebody asked for, with the options that were given and no defaults. */
export interface Wanted {
  id: string;
  options: Record<string, unknown>;
}

/** What a run leaves to do: to a person, and to the tools once the packages are installed. */
export interface Left {
  steps: ManualStep[];
  followUps: FollowUp[];
}

/**
 * Puts capabilities into one app, in their order, and makes those again whose files depend on which others are on.
 * When it throws, nothing may be written: Nx then drops the tree.
 */
export async function applyCapabilities(tree: Tree, project: string | undefined, wanted: readonly Wanted[]): Promise<Left> {
  const app = readNextApp(tree, project);
  const file = readHardeningFile(tree, app.root);
  const left: Left = { steps: [], followUps: [] };
  for (const capability of inOrder(wanted.map(({ id }) => id))) {
    const given = wanted.find(({ id }) => id === capability.id)?.options ?? {};
    addTo(left, await applyOne(tree, app, file, capability, given));
  }
  addTo(left, await settle(tree, app, file, wanted.map(({ id }) => id)));
  return left;
}

/** Brings into step what several capabilities share, and writes `hardening.json`. */
export async function settle(tree: Tree, app: NextApp, file: HardeningFile, justMade: readonly string[]): Promise<Left> {
  const left: Left = { steps: [], followUps: [] };
  // In the order of the first run, so that each sees what those before it made.
  const dependent = inOrder(Object.keys(file.capabilities)).filter(({ id, readsOthers }) => readsOthers && (!justMade.includes(id) || isBefore(id, justMade)));
  for (const capability of dependent) addTo(left, await applyOne(tree, app, file, capability, {}));
  left.steps.push(...syncNextConfig(tree, describeNextApp(tree, app), file), ...syncProxy(tree, describeNextApp(tree, app), file));
  tree.write(hardeningFilePath(app.root), printHardeningFile(file));
  registerPlugin(tree, { after: addsToOthers(file) ? ['@nx/playwright/plugin'] : [] });
  return left;
}

/** Whether a target of ours is one of another plugin's with something added. */
function addsToOthers(file: HardeningFile): boolean {
  return Object.values(file.capabilities).some(({ targets }) => Object.values(targets ?? {}).includes('playwright-build'));
}

/** Whether a later one of the same run came after it, so that it has not seen that one yet. */
function isBefore(id: string, justMade: readonly string[]): boolean {
  return inOrder(justMade).at(-1)?.id !== id;
}

/** The same step twice is once. */
function addTo(left: Left, { steps, followUps }: Left): void {
  left.steps.push(...steps.filter((step) => !left.steps.some((other) => other.file === step.file && other.lines === step.lines)));
  left.followUps.push(...followUps.filter(({ title }) => !left.followUps.some((other) => other.title === title)));
}

async function applyOne(
  tree: Tree,
  { name, root }: NextApp,
  file: HardeningFile,
  capability: Capability,
  given: Record<string, unknown>,
): Promise<Left> {
  const before = file.capabilities[capability.id];
  const schema = readCapabilitySchema(capability.id);
  const chosen = chosenOptions(capability.id, schema, given, before?.options ?? {}, hardeningFilePath(root));
  const record: CapabilityRecord = { ...before, version: PLUGIN_VERSION, options: chosen, files: { ...before?.files } };
  file.capabilities[capability.id] = record;

  // An earlier capability of the same run may have changed what there is to know of the app.
  const app = describeNextApp(tree, { name, root });
  const siblings = siblingsWith(tree, capability.id, root);
  adoptSharedFiles(record, root, siblings);
  const options = resolvedOptions(schema, chosen);
  putEntries(tree, app, file, capability, record, options);
  const run = new HardeningRun(tree, app, options, record, file.capabilities, siblings);
  const generate = await capability.generator();
  await generate(run as HardeningRun<never>);

  for (const recorded of Object.keys(record.files)) {
    if (run.hasWritten(fromRecordedPath(root, recorded))) continue;
    const step = removeOwnFile(tree, root, record.files, recorded);
    if (step) run.manual(step);
  }
  record.targets = run.targets;
  if (Object.keys(record.targets).length === 0) delete record.targets;
  updateSiblings(tree, record, root, siblings);
  return { steps: run.manualSteps, followUps: run.followUps };
}
