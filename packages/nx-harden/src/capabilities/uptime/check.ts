import type { Finding, ReadTree } from '../../capability';
import { readHardeningFile } from '../../hardening-file';
import { inDir, type NextApp } from '../../next-app';
import { addressOf } from '../../uptime/resources';
import { parseUptimeFile, UPTIME_FILE, UptimeFileError, type UptimeFile } from '../../uptime/uptime-file';
import { checkHealth } from './check-health';
import { healthRoutes } from './health-routes';
import { heartbeatsOf } from './monitored';

/** What a check saw. */
export type Verdict = Pick<Finding, 'status' | 'message' | 'file'> & {
  /** Options of our generator that mend it. */
  flags?: string;
};

/** Looks whether the app says how it is, and whether anybody outside asks. */
export function checkUptime(tree: ReadTree, app: NextApp): Finding[] {
  const verdicts: Record<string, Verdict> = { health: checkHealth(tree, app), ...checkFile(tree, app) };
  return Object.entries(verdicts).map(([name, { flags = '', ...verdict }]) => ({
    check: `uptime/${name}`,
    ...verdict,
    // A health check of the team's is for the team to mend.
    ...(verdict.status !== 'pass' && !(name === 'health' && verdict.file) && { fix: `nx g @chronos/nx-harden:uptime ${app.shortName}${flags}`.trimEnd() }),
    docs: `uptime#${name}`,
  }));
}

function checkFile(tree: ReadTree, app: NextApp): Record<string, Verdict> {
  const path = inDir(app.root, UPTIME_FILE);
  const content = tree.exists(path) ? tree.read(path, 'utf-8') : null;
  if (content === null) return { monitors: { status: 'fail', message: 'Nothing in the repository says who notices, from outside, that the app is down', flags: ' --url=https://example.com' } };
  let file: UptimeFile;
  try {
    file = parseUptimeFile(content);
  } catch (error) {
    if (!(error instanceof UptimeFileError)) throw error;
    return { monitors: { status: 'fail', message: error.message.split('\n').join('; '), file: path } };
  }
  return { monitors: { ...checkMonitors(tree, app, file), file: path }, ...checkHeartbeats(tree, app, file, path) };
}

function checkMonitors(tree: ReadTree, app: NextApp, file: UptimeFile): Verdict {
  if (file.url === undefined && file.monitors.some(({ path }) => path !== undefined)) return { status: 'warn', message: `${UPTIME_FILE} has no url yet: nothing can be watched until it says where the app is in production`, flags: ' --url=https://example.com' };
  // What is paused watches nothing.
  const watched = file.monitors.filter(({ paused }) => paused !== true).map((monitor) => pathname(addressOf(monitor, file)));
  const routes = app.isStaticExport ? [] : healthRoutes(tree, app);
  const isHealthWatched = routes.length === 0 || routes.some(({ path }) => watched.some((one) => one.endsWith(path)));
  const isPageWatched = watched.some((one) => !routes.some(({ path }) => one.endsWith(path)));
  if (watched.length === 0) return { status: 'fail', message: 'No monitor watches anything' };
  if (!isPageWatched) return { status: 'warn', message: 'No page is watched, and the health check alone does not see one that is broken' };
  if (!isHealthWatched) return { status: 'warn', message: `Nobody asks ${routes[0]?.path}: pages may come from a cache while the database is gone` };
  return { status: 'pass', message: `${watched.length} ${watched.length === 1 ? 'address is' : 'addresses are'} watched from outside, as nx run ${app.shortName || app.name}:uptime --apply brings it there` };
}

function pathname(address: string): string {
  return URL.canParse(address) ? new URL(address).pathname.replace(/\/+$/, '') : address;
}

function checkHeartbeats(tree: ReadTree, app: NextApp, file: UptimeFile, path: string): Record<string, Verdict> {
  const wanted = heartbeatsOf(readHardeningFile(tree, app.root).capabilities);
  if (wanted.length === 0) return {};
  const lacking = wanted.filter(({ env }) => !file.heartbeats.some((one) => one.env === env && one.paused !== true));
  if (lacking.length === 0) return { heartbeats: { status: 'pass', message: 'A backup that does not run is noticed', file: path } };
  return { heartbeats: { status: 'fail', message: `Nobody notices when it does not run: ${lacking.map(({ name }) => name).join(', ')}`, file: path } };
}
