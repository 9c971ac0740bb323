import type { ReadTree } from '../../capability';
import { fromRecordedPath, type CapabilityRecord } from '../../hardening-file';
import type { NextApp } from '../../next-app';
import { healthRoutes } from './health-routes';

/** Whether the health check is of our making: the team had none of its own when it was made, and a server runs that can answer. */
export function isHealthMade(tree: ReadTree, app: NextApp, { files }: Pick<CapabilityRecord, 'files'>): boolean {
  if (app.isStaticExport) return false;
  const ours = Object.keys(files).map((recorded) => fromRecordedPath(app.root, recorded));
  const routes = healthRoutes(tree, app);
  // One that the team adds later does not take ours away from whoever asks it.
  return routes.length === 0 || routes.some(({ file }) => ours.includes(file));
}
