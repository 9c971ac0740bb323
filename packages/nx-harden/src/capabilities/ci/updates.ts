import type { Tree } from '@nx/devkit';
import type { EditResult } from '../../capability';
import { addDependabotEntry, newDependabotFile, removeDependabotEntry } from '../../edits/dependabot';
import { addRenovatePreset, findRenovateFile, removeRenovatePreset } from '../../edits/renovate';
import { fromRecordedPath, type CapabilityRecord } from '../../hardening-file';
import type { HardeningRun } from '../../hardening-run';
import type { NextApp } from '../../next-app';
import type { CiOptions } from './schema';

const DEPENDABOT = '.github/dependabot.yml';
const ENTRY = 'github-actions';

/** Has the pins kept fresh by what the team uses: Renovate, its own dependabot.yml, else one of ours. */
export function addUpdates(run: HardeningRun<CiOptions>): void {
  const { tree, app, record } = run;
  const renovate = findRenovateFile(tree);
  const dependabot = ['.github/dependabot.yaml', DEPENDABOT].find((path) => tree.exists(path));
  const isOurs = Object.keys(record.files).some((recorded) => fromRecordedPath(app.root, recorded) === dependabot);
  if (renovate) note(run, renovate, addRenovatePreset(tree, renovate));
  else if (dependabot && !isOurs) note(run, dependabot, addDependabotEntry(tree, dependabot));
  else run.ownFile(DEPENDABOT, newDependabotFile());
}

/** Takes out what {@link addUpdates} added to a file of the team's. */
export function removeUpdates(tree: Tree, _app: NextApp, record: CapabilityRecord): EditResult[] {
  return Object.keys(record.added ?? {})
    .filter((path) => tree.exists(path))
    .map((path) => (/dependabot/.test(path) ? removeDependabotEntry(tree, path) : removeRenovatePreset(tree, path)));
}

function note(run: HardeningRun<CiOptions>, path: string, result: EditResult): void {
  run.edit(result);
  if (result.status === 'changed') run.record.added = { ...run.record.added, [path]: [ENTRY] };
}
