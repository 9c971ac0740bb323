import { fingerprint } from '../../fingerprint';
import { toRecordedPath } from '../../hardening-file';
import type { HardeningRun } from '../../hardening-run';
import { inDir } from '../../next-app';
import { nxGenerator } from '../../nx-generator';
import { baseAddress } from '../../uptime/fields';
import { UPTIME_FILE, type UptimeFile } from '../../uptime/uptime-file';
import { HEALTH_PATH, healthFiles } from './health-files';
import { isHealthMade } from './health-made';
import { fixedRoutes, healthRoutes } from './health-routes';
import { missingIn } from './missing';
import { defaultFile } from './monitored';
import type { UptimeOptions } from './schema';

/** The health check where the team has none, what is monitored, and the target that brings it to Better Stack. */
export async function generate(run: HardeningRun<UptimeOptions>): Promise<void> {
  const { tree, app, active } = run;
  const url = run.options.url || undefined;
  const complaint = url && baseAddress(url);
  if (complaint) throw new Error(`--url ${complaint}.`);
  run.target('uptime', 'uptime');

  const isMade = isHealthMade(tree, app, run.record);
  // Their own live check stays the only one at its address.
  const taken = fixedRoutes(tree, app).filter(({ file }) => !run.isOurs(file)).map(({ path }) => path);
  const files = isMade ? healthFiles(tree, app) : [];
  // A file of theirs has the place of ours: what would stand on it is not made.
  const inTheWay = files.find(({ path, address }) => address === undefined && tree.exists(path) && !run.isOurs(path));
  for (const { path, content, address } of inTheWay ? [inTheWay] : files) if (!taken.includes(address ?? '')) run.ownFile(path, content);
  const health = isMade && !inTheWay ? HEALTH_PATH : healthRoutes(tree, app)[0]?.path;
  monitor(run, defaultFile(tree, app, { url, health: app.isStaticExport ? undefined : health, active }));
}

/** Written anew until somebody has edited it; then it is theirs, and what it lacks is said. */
function monitor(run: HardeningRun<UptimeOptions>, wanted: UptimeFile): void {
  const { tree, app, record } = run;
  const path = inDir(app.root, UPTIME_FILE);
  const present = tree.exists(path) ? (tree.read(path, 'utf-8') ?? '') : undefined;
  const isOurs = present === undefined || fingerprint(path, present) === record.files[toRecordedPath(app.root, path)];
  if (isOurs) run.ownFile(path, `${JSON.stringify(wanted, null, 2)}\n`);
  else run.keepFile(path);
  for (const step of missingIn(isOurs ? wanted : present, wanted)) run.manual({ file: path, ...step });
}

export default nxGenerator('uptime');
