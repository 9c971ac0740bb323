import type { Client } from 'pg';
import { describeConnection, type Connection } from './connection';
import type { Manifest } from './manifest';
import { findPgPrograms } from './pg-programs';
import { readSmallObject, type BackupSource } from './read-object';
import { restoreObjects } from './restore-objects';
import { restoreRoles } from './restore-roles';
import { connect } from './snapshot';
import { compareTables, describeServer, type ComparedTable } from './table-facts';
import { besideName, connectForMaintenance, createDatabase, databaseProperties, dropDatabase, inspectTarget, quoted, swapDatabases, TargetError, type TargetState } from './target-database';

/** How a backup is restored; defaults are those of `executors/restore-db/schema.json`. */
export interface RestoreSettings {
  source: BackupSource;
  target: Connection;
  jobs: number;
  /** Take the place of what is in the target. */
  clean: boolean;
  /** The name of the target, typed by somebody who means it; asked for when it is not empty. */
  confirm: () => Promise<string | undefined>;
  tables: readonly string[];
  schemaOnly: boolean;
  /** Make the roles that the server lacks. */
  roles: boolean;
  withoutOwners: boolean;
  pgDumpPath?: string;
  signal: AbortSignal;
  /** Told of each step, and of each table as its rows come. */
  say: (line: string) => void;
  onTable: (name: string) => void;
}

export interface FinishedRestore {
  /** Under which name what was there before is kept; undefined when there was nothing. */
  keptAs?: string;
  /** Roles that were made. */
  roles: string[];
  tables: ComparedTable[];
  durationMs: number;
}

/**
 * Restores a backup into a database that does not exist, is empty, or is to be replaced. One that is to be replaced stays
 * as it is until the restored one beside it is whole and compared: both are then renamed, and the old one kept.
 */
export async function restoreDatabase(settings: RestoreSettings): Promise<FinishedRestore> {
  const { source, target, signal } = settings;
  const started = performance.now();
  const state = await inspectTarget(target);
  await refuseToOverwrite(settings, state);
  signal.throwIfAborted();
  const isBeside = state.exists && !state.isEmpty;
  const name = isBeside ? besideName(target.database, `restoring_${Date.now().toString(36)}`) : target.database;
  const made = !state.exists || isBeside;
  if (made && !state.mayCreate) throw new TargetError(cannotCreate(settings, state));

  const outside = await connectForMaintenance(target).catch((error: unknown) => {
    if (made || settings.roles) throw error;
    return undefined;
  });
  try {
    const roles = settings.roles && outside ? await makeRoles(outside, source) : [];
    const old = isBeside && outside ? await databaseProperties(outside, target.database) : undefined;
    if (made && outside) await createDatabase(outside, name, source.manifest, old?.owner);
    try {
      const tables = await fill(settings, { ...target, database: name }, !made);
      const differing = tables.filter(({ ok }) => !ok);
      if (differing.length > 0 && isBeside) throw new TargetError(`What was restored differs from the backup (${differing.map(({ schema, name: table, why }) => `${schema}.${table}: ${why}`).join('; ')}), so ${target.database} was left as it was.`);
      const keptAs = isBeside && outside && old ? await takePlace(outside, name, target.database, old, settings.say) : undefined;
      return { ...(keptAs && { keptAs }), roles, tables, durationMs: Math.round(performance.now() - started) };
    } catch (error) {
      if (made && outside) await dropDatabase(outside, name).catch((dropping: Error) => settings.say(`The half of it in ${name} could not be dropped (${dropping.message}): DROP DATABASE ${quoted(name)}`));
      throw error;
    }
  } finally {
    await outside?.end();
  }
}

async function refuseToOverwrite({ target, clean, confirm }: RestoreSettings, { isEmpty, size }: TargetState): Promise<void> {
  if (isEmpty) return;
  const described = `${describeConnection(target)} is not empty (${megabytes(size)})`;
  if (!clean) throw new TargetError(`${described}, and nothing was changed. Restore into another database (its name in the target's URL; it is made when it is not there), or replace this one by --clean.`);
  const typed = await confirm();
  if (typed !== target.database) throw new TargetError(`${described}, and nothing was changed. To replace it say its name: --yesOverwrite=${target.database}${typed ? `, not ${typed}` : ''}.`);
}

function cannotCreate({ target }: RestoreSettings, { exists }: TargetState): string {
  const right = `ALTER ROLE ${quoted(target.user)} CREATEDB`;
  return exists
    ? `${target.database} is replaced by a new database beside it, so that a failure leaves it usable, and ${target.user} may not make one. Let an administrator run ${right}, or restore into an empty database.`
    : `There is no database ${target.database}, and ${target.user} may not make one. Let an administrator run CREATE DATABASE ${quoted(target.database)}, or ${right}.`;
}

async function makeRoles(outside: Client, source: BackupSource): Promise<string[]> {
  const globals = source.manifest.objects.find(({ role }) => role === 'globals');
  if (!globals) throw new TargetError(`The backup ${source.manifest.id} has no roles in it: it was made with --roles=none.`);
  return restoreRoles(outside, (await readSmallObject(source, globals)).toString('utf-8'));
}

/** Restores into a database that is there and empty, and compares it with what the manifest says. */
async function fill(settings: RestoreSettings, connection: Connection, inOneTransaction: boolean): Promise<ComparedTable[]> {
  const { source, signal, say } = settings;
  const client = await connect(connection);
  try {
    const { major } = await describeServer(client);
    // An archive is read by programs that are no older than those which wrote it.
    const programs = findPgPrograms(Math.max(major, Number.parseInt(source.manifest.client.version, 10)), settings.pgDumpPath ? { pgDumpPath: settings.pgDumpPath } : {});
    await restoreObjects({
      source,
      connection,
      programs,
      jobs: settings.jobs,
      schemaOnly: settings.schemaOnly,
      tables: settings.tables,
      withoutOwners: settings.withoutOwners,
      inOneTransaction,
      signal,
      onLine: (line) => tableOf(line, settings.onTable),
    });
    signal.throwIfAborted();
    say('Collecting statistics (ANALYZE), and comparing with the backup');
    await client.query('ANALYZE');
    if (settings.schemaOnly) return [];
    const expected = expectedTables(source.manifest, settings.tables);
    const compared = await compareTables(expected, client);
    // What else is in the target is no concern of somebody who asked for some tables.
    return settings.tables.length === 0 ? compared : compared.filter((one) => expected.some(({ schema, name }) => schema === one.schema && name === one.name));
  } finally {
    await client.end().catch(() => undefined);
  }
}

function expectedTables({ tables }: Manifest, only: readonly string[]): Manifest['tables'] {
  if (only.length === 0) return tables;
  return tables.filter(({ schema, name }) => only.includes(name) || only.includes(`${schema}.${name}`));
}

async function takePlace(outside: Client, fresh: string, name: string, old: Awaited<ReturnType<typeof databaseProperties>>, say: (line: string) => void): Promise<string> {
  for (const statement of old.statements(fresh)) await outside.query(statement);
  const keptAs = besideName(name, `before_${new Date().toISOString().replace(/[-:]|\.\d+Z$/g, '').toLowerCase()}`);
  await swapDatabases(outside, fresh, name, keptAs);
  say(`What was in ${name} before is kept as ${keptAs}. When you are sure: DROP DATABASE ${quoted(keptAs)}`);
  return keptAs;
}

/** `pg_restore: processing data for table "public.posts"` names where it is. */
function tableOf(line: string, tell: (name: string) => void): void {
  const [, name] = /processing data for table "(.+)"/.exec(line) ?? [];
  if (name !== undefined) tell(name);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
