import type { ReadTree } from '../../capability';
import { fromRecordedPath, type CapabilityRecord } from '../../hardening-file';
import type { NextApp } from '../../next-app';
import { hooksOf, type Hook } from './hooks';
import type { ResolvedOptions } from './manager';
import { does, readHooks } from './team-hooks';

/** The checks that the team does not have by itself. Throws when its config cannot be read. */
export function missingHooks(tree: ReadTree, app: NextApp, options: ResolvedOptions, record: CapabilityRecord): Hook[] {
  const ours = Object.keys(record.files).map((recorded) => fromRecordedPath(app.root, recorded));
  const team = readHooks(tree, (path) => path.startsWith('.hardening/') || ours.includes(path), false);
  return hooksOf(tree, app, options).filter((hook) => !team.some((one) => does(one, hook.id)));
}
