import type { ActiveCapabilities, ReadTree } from '../../capability';
import { configLiteral } from '../../config-literals';
import type { NextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import { readCapabilitySchema, resolvedOptions } from '../../schema-options';
import { cronPeriod } from '../../uptime/cron-period';
import type { HeartbeatSpec, UptimeFile } from '../../uptime/uptime-file';
import type { BackupOptions } from '../backup/schema';

const DAY_S = 86_400;
/** What Better Stack recommends for what fluctuates, and GitHub's schedules do. */
const GRACE = 0.2;
/** What its free plan has; more often is paid for. */
const FREQUENCY = 180;

/** What `uptime.json` begins with: the home page, the health check where there is one, and the jobs of backups that are on. */
export function defaultFile(tree: ReadTree, app: NextApp, { url, health, active }: { url: string | undefined; health: string | undefined; active: ActiveCapabilities }): UptimeFile {
  const pathOf = (path: string): string => addressIn(tree, app, path, url);
  return {
    prefix: prefixOf(tree, app),
    ...(url && { url: url.replace(/\/+$/, '') }),
    monitors: [
      { name: 'home page', path: pathOf('/'), frequency: FREQUENCY, confirmationPeriod: 60, requestTimeout: 15, tlsExpiration: 14, domainExpiration: 30 },
      ...(health === undefined ? [] : [{ name: 'health', path: pathOf(health), expectedStatusCodes: [200], frequency: FREQUENCY, confirmationPeriod: 60, requestTimeout: 10 }]),
    ],
    heartbeats: heartbeatsOf(active),
  };
}

/** The jobs of the backup, each with the variable that its target reads. */
export function heartbeatsOf(active: ActiveCapabilities): HeartbeatSpec[] {
  const record = active['backup'];
  if (!record) return [];
  const { schedule = '', drillSchedule = '' } = resolvedOptions(readCapabilitySchema('backup'), record.options) as BackupOptions;
  return [heartbeat('backup', 'BACKUP_HEARTBEAT_URL', cronPeriod(schedule) ?? DAY_S), heartbeat('restore drill', 'DRILL_HEARTBEAT_URL', cronPeriod(drillSchedule) ?? 7 * DAY_S)];
}

function heartbeat(name: string, env: string, period: number): HeartbeatSpec {
  return { name, period, grace: Math.round(period * GRACE), env };
}

/** A path as it is asked for: with the app's basePath, unless the address has it, and the slash that it may want at the end. */
function addressIn(tree: ReadTree, app: NextApp, path: string, url: string | undefined): string {
  const basePath = configLiteral(tree, app.configFile, 'basePath');
  const isInUrl = typeof basePath === 'string' && url !== undefined && new URL(url).pathname.replace(/\/+$/, '').endsWith(basePath);
  const full = `${typeof basePath === 'string' && !isInUrl ? basePath : ''}${path}`;
  const wantsSlash = configLiteral(tree, app.configFile, 'trailingSlash') === true;
  const bare = full.replace(/\/+$/, '');
  return wantsSlash ? `${bare}/` : bare || '/';
}

/** With the workspace's name: another workspace of the same account may have a `web` too, and what begins with the prefix is ours to delete. */
function prefixOf(tree: ReadTree, app: NextApp): string {
  const name = String(readJsonFile(tree, 'package.json')?.['name'] ?? '').replace(/^@/, '').replace(/\/source$/, '');
  // With its scope, where that is not the workspace's: two apps may be called the same but for it.
  const full = app.name.replace(/^@/, '');
  const parts = [...new Set([name, full.startsWith(`${name}/`) ? full.slice(name.length + 1) : full])].filter(Boolean);
  return `nx-harden ${parts.join(' ') || 'app'}: `;
}
