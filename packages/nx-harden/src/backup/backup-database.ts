import type { Client } from 'pg';
import { folderOf, newBackupId } from './backup-id';
import type { Connection } from './postgres/connection';
import { conninfo, describeConnection } from './postgres/connection';
import { storeBytes, storeDump, type DumpRequest, type DumpSettings } from './dump-object';
import { MANIFEST, MANIFEST_FORMAT, printManifest, type BackedUpTable, type BackupObject, type Compression, type Manifest } from './manifest';
import type { ObjectStore } from './store/object-store';
import { libpqEnvironment } from './postgres/pg-process';
import { findPgPrograms, type PgPrograms } from './postgres/pg-programs';
import { planShards, type Shard } from './shards';
import { connect, exportSnapshot } from './postgres/snapshot';
import { databaseProperties } from './postgres/target-database';
import { countSmall, describeServer, readSamples, readTables, type ServerFacts, type TableFacts } from './postgres/table-facts';

/** How a backup is made; what is optional has the default of `executors/backup-db/schema.json`. */
export interface BackupSettings {
  connection: Connection;
  store: ObjectStore;
  /** Version of the plugin, for the manifest. */
  tool: string;
  jobs: number;
  dump: 'custom' | 'plain';
  compression: Compression;
  level?: number;
  recipients: readonly string[];
  verify: boolean;
  roles: 'without-passwords' | 'with-passwords' | 'none';
  pgDumpPath?: string;
  signal: AbortSignal;
  progress: BackupProgress;
  now?: () => Date;
}

/** Told of what goes on. Bytes are those of the dump before compression. */
export interface BackupProgress {
  begin(facts: { database: string; server: string; client: string; expectedBytes: number }): void;
  bytes(more: number): void;
  table(name: string): void;
  /** What does not keep the backup from being made, and should be known. */
  warn(line: string): void;
}

export interface FinishedBackup {
  manifest: Manifest;
  /** Key of its folder in the store, without `/` at its end. */
  key: string;
}

/** Longer than a deployment's migration holds a lock; a dump that waits on without end would be noticed by nobody. */
const LOCK_TIMEOUT_MS = 60_000;
/** The rows of a table take less on disk than in a dump at times: bytea is twice as long in text. */
const GROWTH = 2.5;
const CLOCKS_MAY_DIFFER_MS = 3_600_000;
/** Of all objects together. */
const PARTS_IN_FLIGHT = 4;
const LEAST = 64 * 1024 * 1024;

/**
 * Backs one database up. It exists when the manifest is there, which is written last; whatever fails before leaves none,
 * and deletes nothing. Throws what failed first.
 */
export async function backUpDatabase(settings: BackupSettings): Promise<FinishedBackup> {
  const { connection, store, signal, progress } = settings;
  const started = performance.now();
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  signal.throwIfAborted();
  const client = await connect(connection, (error) => failure.abort(error));
  try {
    const server = await describeServer(client);
    // Before anything is written: a client that is older than the server is refused.
    const programs = findPgPrograms(server.major, settings.pgDumpPath ? { pgDumpPath: settings.pgDumpPath } : {});
    const { snapshot, at } = await exportSnapshot(client);
    const facts = await readTables(client);
    const id = newBackupId((settings.now ?? (() => new Date()))());
    const folder = folderOf(connection.database, id);
    const shards = planShards(facts.tables, settings.dump === 'plain' ? 1 : settings.jobs, await largeObjectBytes(client));
    progress.begin({ database: describeConnection(connection), server: server.version, client: `${programs.version} (${programs.place})`, expectedBytes: server.databaseSize });
    if (facts.unreadable.length > 0) progress.warn(`Not in it: the rows of ${facts.unreadable.map(({ schema, name }) => `${schema}.${name}`).join(', ')}, which cannot be read here.`);
    if (Math.abs(at.getTime() - Date.now()) > CLOCKS_MAY_DIFFER_MS) progress.warn(`The server's clock says ${at.toISOString()}, and this machine's ${new Date().toISOString()}: set the one that is wrong, since the age of backups is told by it.`);
    const { objects, samples } = await dumpAll({ settings, programs, folder, snapshot, shards, client, facts: facts.tables, server, signal: either, failure });
    const manifest: Manifest = {
      format: MANIFEST_FORMAT,
      id,
      database: connection.database,
      snapshotAt: at.toISOString(),
      durationMs: Math.round(performance.now() - started),
      server: { version: server.version, major: server.major, encoding: server.encoding, collate: server.collate, ctype: server.ctype, localeProvider: server.localeProvider, locale: server.locale },
      client: { program: 'pg_dump', version: programs.version },
      tool: settings.tool,
      dump: settings.dump,
      compression: settings.compression,
      recipients: [...settings.recipients],
      databaseSize: server.databaseSize,
      lsn: server.lsn,
      extensions: server.extensions,
      objects,
      tables: facts.tables.map((table, index) => ({ ...table, ...samples[index], object: objectOf(table, shards, objects) })),
      ...(facts.unreadable.length > 0 && { withoutRows: facts.unreadable.map(({ schema, name }) => `${schema}.${name}`) }),
      verifiedBy: !settings.verify ? null : settings.dump === 'plain' ? 'end-marker' : 'pg_restore',
    };
    either.throwIfAborted();
    // All data is whole from here on. A write that is broken off may have arrived all the same, or in half where a server
    // is not as S3 is, and nobody would know which: so this one is not.
    await store.putIfAbsent(`${folder}${MANIFEST}`, Buffer.from(printManifest(manifest)));
    return { manifest, key: folder.slice(0, -1) };
  } catch (error) {
    throw signal.aborted ? signal.reason : failure.signal.aborted ? failure.signal.reason : error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

type RowFacts = Pick<BackedUpTable, 'rows' | 'sample'>;

interface Dumping {
  settings: BackupSettings;
  programs: PgPrograms;
  folder: string;
  snapshot: string;
  shards: readonly Shard[];
  client: Client;
  facts: readonly TableFacts[];
  server: ServerFacts;
  signal: AbortSignal;
  failure: AbortController;
}

/** All objects at the same time, on one snapshot; the first that fails ends the others. */
async function dumpAll({ settings, programs, folder, snapshot, shards, client, facts, server, signal, failure }: Dumping): Promise<{ objects: BackupObject[]; samples: RowFacts[] }> {
  const libpq = libpqEnvironment(settings.connection);
  try {
    const shared: DumpSettings = {
      programs,
      libpq,
      store: settings.store,
      folder,
      compression: settings.compression,
      level: settings.level,
      recipients: settings.recipients,
      verify: settings.verify,
      partsInFlight: Math.max(2, Math.floor(PARTS_IN_FLIGHT / settings.jobs)),
      signal,
      onBytes: (bytes) => settings.progress.bytes(bytes),
      onLine: (line) => tableOf(line, (name) => settings.progress.table(name)),
    };
    const requests = [...shards.map((shard) => dumpRequest(shard, settings, snapshot, server)), ...rolesRequest(settings)];
    const watched = <T>(work: Promise<T>): Promise<T> =>
      work.catch((error: unknown) => {
        failure.abort(error);
        throw error;
      });
    const properties = Buffer.from(JSON.stringify(await databaseProperties(client, settings.connection.database)));
    const storing = [...requests.map((request) => storeDump(shared, request)), storeBytes(shared, 'database.json', 'properties', properties)];
    const outcomes = await Promise.allSettled([Promise.all(storing.map(watched)), watched(sampleAll(client, facts))]);
    // All have ended before the first failure is told: nothing goes on behind the caller's back.
    const [objects, samples] = outcomes;
    if (signal.aborted) throw signal.reason;
    if (objects.status === 'rejected') throw objects.reason;
    if (samples.status === 'rejected') throw samples.reason;
    return { objects: objects.value, samples: samples.value };
  } finally {
    libpq.dispose();
  }
}

function dumpRequest(shard: Shard, { dump }: BackupSettings, snapshot: string, { databaseSize }: ServerFacts): DumpRequest {
  const format = dump === 'plain' ? [] : ['--format=custom', '--compress=0'];
  return {
    name: dump === 'plain' ? `${shard.name}.sql` : `${shard.name}.dump`,
    role: shard.role,
    program: 'pg_dump',
    args: [...format, '--verbose', '--no-password', `--snapshot=${snapshot}`, `--lock-wait-timeout=${LOCK_TIMEOUT_MS}`, ...shard.args],
    atMost: Math.max(LEAST, Math.ceil((shard.role === 'data' ? shard.bytes : databaseSize) * GROWTH)),
  };
}

function rolesRequest({ roles, connection }: BackupSettings): DumpRequest[] {
  if (roles === 'none') return [];
  return [{ name: 'globals.sql', role: 'globals', program: 'pg_dumpall', args: ['--globals-only', '--no-password', ...(roles === 'without-passwords' ? ['--no-role-passwords'] : []), `--database=${conninfo(connection.database)}`], atMost: LEAST }];
}

/** Counts and samples in the snapshot, while the dumps are on their way. In the order of the tables. */
async function sampleAll(client: Client, tables: readonly TableFacts[]): Promise<RowFacts[]> {
  const counts = await countSmall(client, tables);
  const samples = await readSamples(client, tables);
  return tables.map((_, index) => ({ ...(counts[index] !== undefined && { rows: counts[index] }), ...(samples[index] !== undefined && { sample: samples[index] }) }));
}

async function largeObjectBytes(client: Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>("SELECT pg_catalog.pg_table_size('pg_catalog.pg_largeobject') AS bytes");
  return Number(rows[0]?.bytes ?? 0);
}

function objectOf(table: TableFacts, shards: readonly Shard[], objects: readonly BackupObject[]): string {
  const shard = shards.find((one) => one.holds(table));
  return objects[shards.indexOf(shard as Shard)]?.name ?? '';
}

/** `pg_dump: dumping contents of table "public.posts"` names where it is. */
function tableOf(line: string, tell: (name: string) => void): void {
  const [, name] = /dumping contents of table "(.+)"/.exec(line) ?? [];
  if (name !== undefined) tell(name);
}
