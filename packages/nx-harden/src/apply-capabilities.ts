import type { Tree } from '@nx/devkit';
import type { Capability, ManualStep } from './capability';
import { registerPlugin } from './edits/nx-json';
import { fromRecordedPath, hardeningFilePath, printHardeningFile, readHardeningFile, type HardeningFile } from './hardening-file';
import { HardeningRun } from './hardening-run';
import { describeNextApp, readNextApp, type NextApp } from './next-app';
import { syncNextConfig } from './next-config/sync';
import { removeOwnFile } from './own-file';
import { capabilities, inOrder } from './registry';
import { chosenOptions, readCapabilitySchema, resolvedOptions } from './schema-options';
import { PLUGIN_VERSION } from './plugin-version';
import { adoptSharedFiles, siblingsWith, updateSiblings } from './sibling-apps';

/** A capability that somebody asked for, with the options that were given and no defaults. */
export interface Wanted {
  id: string;
  options: Record<string, unknown>;
}

/**
 * Puts capabilities into one app, in their order, and makes those again whose files depend on which others are on.
 * Returns what is left to a person. When it throws, nothing may be written: Nx then drops the tree.
 */
export async function applyCapabilities(tree: Tree, project: string | undefined, wanted: readonly Wanted[]): Promise<ManualStep[]> {
  const app = readNextApp(tree, project);
  const file = readHardeningFile(tree, app.root);
  const steps: ManualStep[] = [];
  for (const capability of inOrder(wanted.map(({ id }) => id))) {
    const given = wanted.find(({ id }) => id === capability.id)?.options ?? {};
    steps.push(...(await applyOne(tree, app, file, capability, given)));
  }
  steps.push(...(await settle(tree, app, file, wanted.map(({ id }) => id))));
  return steps;
}

/** Brings into step what several capabilities share, and writes `hardening.json`. */
export async function settle(tree: Tree, app: NextApp, file: HardeningFile, justMade: readonly string[]): Promise<ManualStep[]> {
  const steps: ManualStep[] = [];
  const dependent = capabilities.filter(({ id, readsOthers }) => readsOthers && id in file.capabilities && !justMade.includes(id));
  for (const capability of dependent) steps.push(...(await applyOne(tree, app, file, capability, {})));
  steps.push(...syncNextConfig(tree, describeNextApp(tree, app), file));
  tree.write(hardeningFilePath(app.root), printHardeningFile(file));
  registerPlugin(tree);
  return steps;
}

async function applyOne(
  tree: Tree,
  { name, root }: NextApp,
  file: HardeningFile,
  capability: Capability,
  given: Record<string, unknown>,
): Promise<ManualStep[]> {
  const before = file.capabilities[capability.id];
  const schema = readCapabilitySchema(capability.id);
  const chosen = chosenOptions(capability.id, schema, given, before?.options ?? {}, hardeningFilePath(root));
  const record = { ...before, version: PLUGIN_VERSION, options: chosen, files: { ...before?.files } };
  file.capabilities[capability.id] = record;

  // An earlier capability of the same run may have changed what there is to know of the app.
  const app = describeNextApp(tree, { name, root });
  const siblings = siblingsWith(tree, capability.id, root);
  adoptSharedFiles(record, root, siblings);
  const run = new HardeningRun(tree, app, resolvedOptions(schema, chosen), record, file.capabilities, siblings);
  const generate = await capability.generator();
  await generate(run as HardeningRun<never>);

  for (const recorded of Object.keys(record.files)) {
    if (run.hasWritten(fromRecordedPath(root, recorded))) continue;
    const step = removeOwnFile(tree, root, record.files, recorded);
    if (step) run.manual(step);
  }
  updateSiblings(tree, record, root, siblings);
  return run.manualSteps;
}
