import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BackedUpTable, BackupObject } from './manifest';
import { libpqEnvironment, startPg, type LibpqEnvironment } from './postgres/pg-process';
import { forPsql } from './postgres/plain-dump';
import { explainRestore, isAhead, listArchive, listArgument, startRestore, type PgRestoreSettings } from './postgres/pg-restore';
import { feedObject, readObject, type BackupSource } from './read-object';

/** How the objects of a backup go into a database. */
export interface RestoreObjects extends PgRestoreSettings {
  source: BackupSource;
  /** Parts of the rows that are restored at the same time, and indexes that are built so. */
  jobs: number;
  schemaOnly: boolean;
  /** Only the rows of these; all when it is left out. */
  tables?: readonly BackedUpTable[] | undefined;
  /** All or nothing, where one program does it all. */
  inOneTransaction: boolean;
  /** Further settings of the server for the sessions, which it has to know. */
  settings: Record<string, string>;
}

/**
 * Indexes are built in memory where they fit, and no commit waits for the disk: what a crash would lose is restored
 * again. The last commit, of ANALYZE, waits as always, and with it all before it is on disk.
 */
const SESSION = { maintenance_work_mem: '256MB', synchronous_commit: 'off', statement_timeout: '0', lock_timeout: '0', idle_in_transaction_session_timeout: '0' };

/** Restores all objects but the roles. Throws what failed first; the database is then half full. */
export async function restoreObjects(work: RestoreObjects): Promise<void> {
  const { manifest } = work.source;
  const libpq = libpqEnvironment(work.connection, { ...SESSION, ...work.settings });
  try {
    if (manifest.dump === 'plain') return await restorePlain(work, libpq, objectOf(work, 'dump'));
    const folder = await mkdtemp(join(tmpdir(), 'nx-harden-restore-'));
    try {
      if (work.tables) await restoreTables(work, work.tables, libpq, folder);
      else if (manifest.objects.some(({ role }) => role === 'dump')) await restoreWhole(work, libpq, objectOf(work, 'dump'), folder);
      else await restoreShards(work, libpq, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    throw explainRestore(error);
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
  if (work.schemaOnly || work.tables || work.withoutOwners) throw new Error('A plain dump can only be restored as a whole, with its owners. Back up with --format=custom for --tables, --schemaOnly and --owners=false.');
  const run = startPg(work.programs, 'psql', ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', ...(work.inOneTransaction ? ['--single-transaction'] : []), '--no-password'], libpq, { signal: work.signal, onLine: work.onLine });
  await feedObject(work.source, object, run, (dump) => forPsql(dump, isAhead(work)));
}

/** One stream into one program, which reads it once. */
async function restoreWhole(work: RestoreObjects, libpq: LibpqEnvironment, object: BackupObject, folder: string): Promise<void> {
  const args = [...(await listArgument(work, work.source, object, folder)), ...(work.schemaOnly ? ['--schema-only'] : []), ...(work.inOneTransaction ? ['--single-transaction'] : [])];
  await feedObject(work.source, object, startRestore(work, visible(libpq, folder), args));
}

/** Definitions, then the rows in parallel, then indexes and constraints in parallel. */
async function restoreShards(work: RestoreObjects, libpq: LibpqEnvironment, folder: string): Promise<void> {
  const { source, jobs, signal } = work;
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  try {
    // Definitions alone, which are small: only from a file can pg_restore work in parallel.
    const file = join(folder, 'schema.dump');
    await pipeline(readObject(source, objectOf(work, 'schema')), createWriteStream(file, { mode: 0o600 }));
    const list = await listArgument(work, source, objectOf(work, 'schema'), folder);
    const fromFile = async (section: string, parallel: number): Promise<void> => {
      const run = startRestore(work, visible(libpq, folder), [...list, ...(work.schemaOnly ? ['--schema-only'] : []), `--section=${section}`, `--jobs=${parallel}`], { files: [file], signal: either });
      run.process.stdin.end();
      run.process.stdout.resume();
      await run.done;
    };
    await fromFile('pre-data', 1);
    const restorePart = (part: BackupObject): Promise<void> => feedObject({ ...source, signal: either }, part, startRestore(work, libpq, ['--section=data'], { signal: either }));
    if (!work.schemaOnly) await inParallel(partsToRestore(work), jobs, restorePart, failure);
    await fromFile('post-data', jobs);
  } catch (error) {
    throw signal.aborted ? signal.reason : failure.signal.aborted ? failure.signal.reason : error;
  }
}

/** A container has to see the list as well. */
function visible(libpq: LibpqEnvironment, folder: string): LibpqEnvironment {
  return { ...libpq, files: [...libpq.files, folder] };
}

/** The largest first, so that none is left to be waited for alone at the end. */
function partsToRestore({ source: { manifest } }: RestoreObjects): BackupObject[] {
  return manifest.objects.filter(({ role }) => role === 'data').sort((a, b) => b.plainSize - a.plainSize);
}

/**
 * All definitions, for the types and parents that a table may need; the rows of the chosen tables alone; and their keys.
 * Foreign keys would ask for rows that are not there.
 */
async function restoreTables(work: RestoreObjects, tables: readonly BackedUpTable[], libpq: LibpqEnvironment, folder: string): Promise<void> {
  const { source } = work;
  const archive = objectOf(work, source.manifest.objects.some(({ role }) => role === 'dump') ? 'dump' : 'schema');
  const stream = (object: BackupObject, args: readonly string[]): Promise<void> => feedObject(source, object, startRestore({ ...work, withoutReplication: true }, visible(libpq, folder), args));
  await stream(archive, [...(await listArgument(work, source, archive, folder)), '--section=pre-data']);
  for (const group of byPlace(tables)) {
    const object = source.manifest.objects.find(({ name }) => name === group[0]?.object);
    // pg_restore takes every named table of every named schema, so each schema has a run of its own.
    if (object) await stream(object, ['--section=data', `--schema=${group[0]?.schema}`, ...group.map(({ name }) => `--table=${name}`)]);
  }
  const isKey = (line: string): boolean => !line.includes(' FK CONSTRAINT ') && tables.some(({ schema, name }) => line.includes(` CONSTRAINT ${schema} ${name} `));
  const file = join(folder, 'keys.list');
  await writeFile(file, `${(await listArchive(work, source, archive)).filter(isKey).join('\n')}\n`);
  await stream(archive, ['--section=post-data', `--use-list=${file}`]);
}

/** Tables of one schema in one object. */
function byPlace(tables: readonly BackedUpTable[]): BackedUpTable[][] {
  const groups = new Map<string, BackedUpTable[]>();
  for (const table of tables) {
    const place = JSON.stringify([table.schema, table.object]);
    groups.set(place, [...(groups.get(place) ?? []), table]);
  }
  return [...groups.values()];
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
