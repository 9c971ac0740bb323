import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Connection } from './connection';
import type { BackupObject } from './manifest';
import { libpqEnvironment, startPg, type LibpqEnvironment } from './pg-process';
import type { PgPrograms } from './pg-programs';
import { feedObject, readObject, type BackupSource } from './read-object';

/** How the objects of a backup go into a database. */
export interface RestoreObjects {
  source: BackupSource;
  /** The database that they go into. */
  connection: Connection;
  programs: PgPrograms;
  /** Parts of the rows that are restored at the same time, and indexes that are built so. */
  jobs: number;
  schemaOnly: boolean;
  /** Only these tables, as `name` or `schema.name`: their definitions and rows. */
  tables: readonly string[];
  /** Leaves out who owns what and who may do what, for a server without these roles. */
  withoutOwners: boolean;
  /** All or nothing, where one program does it all. */
  inOneTransaction: boolean;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

/**
 * Indexes are built in memory where they fit, and no commit waits for the disk: what a crash would lose is restored
 * again. The last commit, of ANALYZE, waits as always, and with it all before it is on disk.
 */
const SESSION = { maintenance_work_mem: '256MB', synchronous_commit: 'off', statement_timeout: '0', lock_timeout: '0', idle_in_transaction_session_timeout: '0' };

/** Restores all objects but the roles. Throws what failed first; the database is then half full. */
export async function restoreObjects(work: RestoreObjects): Promise<void> {
  const { manifest } = work.source;
  const libpq = libpqEnvironment(work.connection, SESSION);
  try {
    if (manifest.dump === 'plain') return await restorePlain(work, libpq, objectOf(work, 'dump'));
    if (manifest.objects.some(({ role }) => role === 'dump')) return await restoreWhole(work, libpq, objectOf(work, 'dump'));
    await restoreShards(work, libpq);
  } finally {
    libpq.dispose();
  }
}

function objectOf({ source: { manifest } }: RestoreObjects, role: BackupObject['role']): BackupObject {
  const object = manifest.objects.find((one) => one.role === role);
  if (!object) throw new Error(`The backup ${manifest.id} names no ${role} in its manifest, and cannot be restored.`);
  return object;
}

async function restorePlain(work: RestoreObjects, libpq: LibpqEnvironment, object: BackupObject): Promise<void> {
  if (work.schemaOnly || work.tables.length > 0 || work.withoutOwners) throw new Error('A plain dump can only be restored as a whole. Back up with --format=custom for --tables and --schemaOnly.');
  const run = startPg(work.programs, 'psql', ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', ...(work.inOneTransaction ? ['--single-transaction'] : []), '--no-password'], libpq, { signal: work.signal, onLine: work.onLine });
  await feedObject(work.source, object, run);
}

/** One stream into one program, which reads it once. */
async function restoreWhole(work: RestoreObjects, libpq: LibpqEnvironment, object: BackupObject): Promise<void> {
  const args = [...common(work), ...selection(work), ...(work.inOneTransaction ? ['--single-transaction'] : [])];
  await feedObject(work.source, object, startPg(work.programs, 'pg_restore', args, libpq, { signal: work.signal, onLine: work.onLine }));
}

/** Definitions, then the rows in parallel, then indexes and constraints in parallel. */
async function restoreShards(work: RestoreObjects, libpq: LibpqEnvironment): Promise<void> {
  const { source, programs, jobs, signal, onLine } = work;
  const folder = await mkdtemp(join(tmpdir(), 'nx-harden-restore-'));
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  try {
    // Definitions alone, which are small: only from a file can pg_restore work in parallel.
    const file = join(folder, 'schema.dump');
    await pipeline(readObject(source, objectOf(work, 'schema')), createWriteStream(file, { mode: 0o600 }));
    const fromFile = async (section: string, parallel: number): Promise<void> => {
      const run = startPg(programs, 'pg_restore', [...common(work), ...selection(work), `--section=${section}`, `--jobs=${parallel}`, file], libpq && { ...libpq, files: [...libpq.files, file] }, { signal: either, onLine });
      run.process.stdin.end();
      run.process.stdout.resume();
      await run.done;
    };
    await fromFile('pre-data', 1);
    if (!work.schemaOnly) {
      const parts = partsToRestore(work);
      const restorePart = (part: BackupObject): Promise<void> =>
        feedObject({ ...source, signal: either }, part, startPg(programs, 'pg_restore', [...common(work), ...selection(work), '--section=data'], libpq, { signal: either, onLine }));
      await inParallel(parts, jobs, restorePart, failure);
    }
    // What --tables names has no section of its own for indexes; pg_restore leaves them out there.
    if (work.tables.length === 0) await fromFile('post-data', jobs);
  } catch (error) {
    throw signal.aborted ? signal.reason : failure.signal.aborted ? failure.signal.reason : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The largest first, so that none is left to be waited for alone at the end. */
function partsToRestore({ source: { manifest }, tables }: RestoreObjects): BackupObject[] {
  const parts = manifest.objects.filter(({ role }) => role === 'data').sort((a, b) => b.plainSize - a.plainSize);
  if (tables.length === 0) return parts;
  const holding = new Set(manifest.tables.filter((table) => tables.some((name) => name === table.name || name === `${table.schema}.${table.name}`)).map(({ object }) => object));
  return parts.filter(({ name }) => holding.has(name));
}

async function inParallel<T>(items: readonly T[], workers: number, work: (item: T) => Promise<void>, failure: AbortController): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined && !failure.signal.aborted; item = queue.shift()) await work(item);
  };
  const guarded = (): Promise<void> =>
    worker().catch((error: unknown) => {
      failure.abort(error);
      throw error;
    });
  const outcomes = await Promise.allSettled(Array.from({ length: Math.max(1, Math.min(workers, items.length)) }, guarded));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failure.signal.reason ?? failed.reason;
}

function common({ connection, withoutOwners }: RestoreObjects): string[] {
  return ['--format=custom', '--exit-on-error', '--verbose', '--no-password', `--dbname=${conninfo(connection.database)}`, ...(withoutOwners ? ['--no-owner', '--no-privileges'] : [])];
}

/** A name that looks like a connection string would be taken for one. */
function conninfo(database: string): string {
  return `dbname='${database.replace(/[\\']/g, '\\$&')}'`;
}

/** `schema.name` or `name`, as pg_restore takes them. */
function selection({ tables, schemaOnly }: RestoreObjects): string[] {
  const named = tables.flatMap((table) => {
    const [, schema, name = table] = /^([^.]+)\.(.+)$/.exec(table) ?? [];
    return [...(schema ? [`--schema=${schema}`] : []), `--table=${name}`];
  });
  return [...named, ...(schemaOnly ? ['--schema-only'] : [])];
}
