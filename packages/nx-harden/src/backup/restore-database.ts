import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { describeConnection, type Connection } from './postgres/connection';
import type { Manifest } from './manifest';
import { findPgPrograms } from './postgres/pg-programs';
import { readSmallObject, type BackupSource } from './read-object';
import { restoreObjects } from './restore-objects';
import { restoreRoles } from './postgres/restore-roles';
import { connect } from './postgres/snapshot';
import { compareTables, describeServer, type ComparedTable } from './postgres/table-facts';
import { besideName, connectForMaintenance, createDatabase, databaseProperties, dropDatabase, type DatabaseProperties, inspectTarget, quoted, statementsFor, swapDatabases, TargetError, type TargetState } from './postgres/target-database';

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
  /** Leaves out subscriptions and publications, which tie a database to others. */
  withoutReplication?: boolean;
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
  const tables = chosenTables(source.manifest, settings.tables);
  const state = await inspectTarget(target);
  await refuseToOverwrite(settings, state);
  // A key that does not fit, or a compression that this Node does not know, is told before anything is made.
  const properties = await readProperties(source);
  signal.throwIfAborted();
  // Beside what is there, also when that is empty: a failure then leaves no half of it.
  const isBeside = state.exists && (!state.isEmpty || (state.mayCreate && state.isOwner));
  const name = isBeside ? besideName(target.database, `restoring_${randomBytes(4).toString('hex')}`) : target.database;
  const made = !state.exists || isBeside;
  if (made && !state.mayCreate) throw new TargetError(cannotCreate(settings, state));

  const outside = await connectForMaintenance(target).catch((error: unknown) => {
    if (made || settings.roles) throw error;
    return undefined;
  });
  try {
    const roles = settings.roles && outside ? await makeRoles(outside, source) : [];
    if (made && outside) await make(outside, settings, name, isBeside ? await databaseProperties(outside, target.database) : settings.withoutOwners ? undefined : properties, isBeside);
    try {
      const compared = await fill(settings, tables, { ...target, database: name }, state, !made);
      const differing = compared.filter(({ ok }) => !ok);
      if (differing.length > 0 && isBeside) throw new TargetError(`What was restored differs from the backup (${differing.map(({ schema, name: table, why }) => `${schema}.${table}: ${why}`).join('; ')}), so ${target.database} was left as it was.`);
      signal.throwIfAborted();
      const keptAs = isBeside && outside ? await takePlace(outside, name, target.database, state.isEmpty, settings.say) : undefined;
      return { ...(keptAs && { keptAs }), roles, tables: compared, durationMs: Math.round(performance.now() - started) };
    } catch (error) {
      if (made && outside) await dropDatabase(outside, name).catch((dropping: Error) => settings.say(`The half of it in ${name} could not be dropped (${dropping.message}): DROP DATABASE ${quoted(name)}`));
      else settings.say(`${target.database} was empty, and now holds a part of the backup. It has to be emptied (DROP SCHEMA … CASCADE) before the next try.`);
      throw error;
    }
  } finally {
    await outside?.end();
  }
}

/** An empty database with what is to be set on it: a right that is missing shows before the work. */
async function make(outside: Client, { source, say }: RestoreSettings, name: string, properties: DatabaseProperties | undefined, isBeside: boolean): Promise<void> {
  await createDatabase(outside, name, source.manifest, { owner: isBeside ? properties?.owner : undefined, say });
  if (properties) await setProperties(outside, properties, name, say);
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

async function readProperties(source: BackupSource): Promise<DatabaseProperties | undefined> {
  const object = source.manifest.objects.find(({ role }) => role === 'properties');
  return object && (JSON.parse((await readSmallObject(source, object)).toString('utf-8')) as DatabaseProperties);
}

/** Sets on a database that was made what was set on the one that was dumped. A right that is missing is told, and the rest goes on. */
async function setProperties(outside: Client, properties: DatabaseProperties, name: string, say: (line: string) => void): Promise<void> {
  for (const statement of statementsFor(properties, name)) {
    await outside.query(statement).catch((error: Error) => say(`Warning: not set on ${name} (${error.message}): ${statement}`));
  }
}

async function makeRoles(outside: Client, source: BackupSource): Promise<string[]> {
  const globals = source.manifest.objects.find(({ role }) => role === 'globals');
  if (!globals) throw new TargetError(`The backup ${source.manifest.id} has no roles in it: it was made with --roles=none.`);
  return restoreRoles(outside, (await readSmallObject(source, globals)).toString('utf-8'));
}

/** Restores into a database that is there and empty, and compares it with what the manifest says. */
async function fill(settings: RestoreSettings, chosen: Manifest['tables'], connection: Connection, { isSuperuser }: TargetState, inOneTransaction: boolean): Promise<ComparedTable[]> {
  const { source, signal, say } = settings;
  // An archive is read by programs that are no older than those which wrote it; the server may be of any later version.
  const programs = findPgPrograms(Number.parseInt(source.manifest.client.version, 10), settings.pgDumpPath ? { pgDumpPath: settings.pgDumpPath } : {});
  const client = await connect(connection);
  try {
    await restoreObjects({
      source,
      connection,
      programs,
      jobs: settings.jobs,
      schemaOnly: settings.schemaOnly,
      tables: settings.tables.length > 0 ? chosen : undefined,
      withoutOwners: settings.withoutOwners,
      inOneTransaction,
      settings: await fastToast(client),
      serverMajor: (await describeServer(client)).major,
      isSuperuser,
      withoutExtensions: isSuperuser ? [] : await forbiddenExtensions(client, source.manifest.extensions, say),
      withoutReplication: settings.withoutReplication ?? false,
      signal,
      onLine: (line) => tableOf(line, settings.onTable),
    });
    signal.throwIfAborted();
    say('Collecting statistics (ANALYZE), and comparing with the backup');
    await client.query('ANALYZE');
    signal.throwIfAborted();
    if (settings.schemaOnly) return [];
    const compared = await compareTables(chosen, client);
    // The others are there, without rows.
    const isAmong = (tables: Manifest['tables'], one: ComparedTable): boolean => tables.some(({ schema, name }) => schema === one.schema && name === one.name);
    return compared.filter((one) => isAmong(chosen, one) || !isAmong(source.manifest.tables, one));
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Which extensions the role may not make: tried, and taken back. On a managed server they are the provider's. */
async function forbiddenExtensions(client: Client, names: readonly string[], say: (line: string) => void): Promise<string[]> {
  const forbidden: string[] = [];
  for (const name of names) {
    await client.query('BEGIN');
    try {
      await client.query(`CREATE EXTENSION IF NOT EXISTS ${quoted(name)} CASCADE`);
    } catch (error) {
      if ((error as { code?: string }).code === '42501') forbidden.push(name);
    } finally {
      await client.query('ROLLBACK');
    }
  }
  if (forbidden.length > 0) say(`Warning: without the extension ${forbidden.join(', ')}, which ${client.user ?? 'this role'} may not make here: have it made by who may (CREATE EXTENSION).`);
  return forbidden;
}

/**
 * Long values are compressed as they are loaded, by default with pglz, which is slow; with lz4 a restore
 * of long texts took about half the time. They are the same to whoever reads them. A server may be built without it, and before 14 has none.
 */
async function fastToast(client: Client): Promise<Record<string, string>> {
  const { rows } = await client.query<{ known: boolean }>("SELECT 'lz4' = ANY (enumvals) AS known FROM pg_catalog.pg_settings WHERE name = 'default_toast_compression'");
  return rows[0]?.known ? { default_toast_compression: 'lz4' } : {};
}

/** The tables that were asked for, by `name` or `schema.name`, with the partitions of one that has them; all when none was. */
function chosenTables({ id, tables }: Manifest, only: readonly string[]): Manifest['tables'] {
  if (only.length === 0) return tables;
  const isNamed = (asked: string, { schema, name, partitionOf = [] }: Manifest['tables'][number]): boolean => asked === name || asked === `${schema}.${name}` || partitionOf.some((parent) => parent === asked || parent.endsWith(`.${asked}`));
  const unknown = only.filter((asked) => !tables.some((table) => isNamed(asked, table)));
  if (unknown.length > 0) throw new TargetError(`The backup ${id} has no table ${unknown.join(', ')}. It has: ${tables.map(({ schema, name }) => `${schema}.${name}`).join(', ')}.`);
  return tables.filter((table) => only.some((asked) => isNamed(asked, table)));
}

/** Returns under which name the old one is kept; an empty one is not. */
async function takePlace(outside: Client, fresh: string, name: string, isEmpty: boolean, say: (line: string) => void): Promise<string | undefined> {
  // With chance in it, for two that are restored within the same second.
  const keptAs = besideName(name, `before_${new Date().toISOString().replace(/[-:]|\.\d+Z$/g, '').toLowerCase()}_${randomBytes(2).toString('hex')}`);
  await swapDatabases(outside, fresh, name, keptAs);
  if (isEmpty) {
    await dropDatabase(outside, keptAs);
    return undefined;
  }
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
