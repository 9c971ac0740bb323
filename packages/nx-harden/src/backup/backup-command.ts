import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backUpDatabase, type FinishedBackup } from './backup-database';
import { resolveCompression } from './codec';
import type { Connection } from './postgres/connection';
import { EXIT, exitCodeOf, explain } from './failure';
import { sendHeartbeat, type HeartbeatEvent } from './heartbeat';
import { appendJobSummary, backupSummary } from './job-summary';
import type { ObjectStore } from './store/object-store';
import { openStore, type StoreOptions } from './store/open-store';
import { duration, megabytes, Progress, type ProgressOutput } from './progress';
import { pruneAfterBackup, type Pruning } from './retention/prune-command';
import { reachDatabase, type Reach } from './postgres/reach';
import { abortOnSignals, Interrupted } from './signals';
import { connect } from './postgres/snapshot';

/** What `backup-db` is asked for: its schema's options with their defaults. */
export interface BackupCommand extends Reach, StoreOptions, Pruning {
  to: string;
  databases: readonly string[];
  jobs: number;
  format: 'custom' | 'plain';
  compression: 'auto' | 'zstd' | 'gzip' | 'none';
  level?: number | undefined;
  encryptTo: readonly string[];
  verify: 'stream' | 'none';
  roles: 'without-passwords' | 'with-passwords' | 'none';
  pgDumpPath?: string | undefined;
  heartbeat: string;
  outputFile?: string | undefined;
  verbose: boolean;
  workspaceRoot: string;
  tool: string;
}

/** One database's part of the result. */
export interface BackupOutcome {
  database: string;
  finished?: FinishedBackup;
  failure?: string;
  code: number;
}

/** Backs up all that was asked for, prunes, tells the monitor, and returns the exit code. */
export async function backupCommand(command: BackupCommand, output: ProgressOutput): Promise<number> {
  const { signal, dispose } = abortOnSignals();
  const started = performance.now();
  const beat = async (event: HeartbeatEvent, details: Record<string, string | number> = {}): Promise<void> => {
    const url = process.env[command.heartbeat];
    const complaint = url ? await sendHeartbeat(url, event, details) : undefined;
    if (complaint) output.write(`Warning: ${complaint}. The backup does not depend on it.\n`);
  };
  let outcomes: BackupOutcome[];
  try {
    await beat('start');
    outcomes = await backUpAll(command, output, signal);
  } catch (error) {
    outcomes = [{ database: '', failure: explain(error, command.verbose), code: exitCodeOf(error) }];
  } finally {
    dispose();
  }
  if (outcomes.length === 0) outcomes = [{ database: '', failure: 'No database was backed up: the server has none that lets one in.', code: EXIT.failed }];
  const code = outcomes.find((one) => one.code !== EXIT.success)?.code ?? EXIT.success;
  for (const { database, failure } of outcomes) if (failure !== undefined) output.write(`${database && outcomes.length > 1 ? `${database}: ` : ''}${failure}\n`);
  writeResult(command, outcomes, code);
  appendJobSummary(backupSummary(outcomes, command.to));
  const failures = outcomes.filter(({ failure }) => failure !== undefined);
  await beat(failures.length > 0 ? 'failure' : 'success', { seconds: Math.round((performance.now() - started) / 1000), databases: outcomes.length, failed: failures.length });
  return code;
}

async function backUpAll(command: BackupCommand, output: ProgressOutput, signal: AbortSignal): Promise<BackupOutcome[]> {
  const { connection, close } = await reachDatabase(command, signal);
  let store: ObjectStore | undefined;
  try {
    store = await openStore(command.to, command);
    signal.throwIfAborted();
    const outcomes: BackupOutcome[] = [];
    // One after the other: each takes what the machine has. One that fails does not keep the next from its backup.
    for (const database of await databasesOf(connection, command.databases)) {
      // What was not reached has no backup, and that is a failure of its own.
      if (signal.aborted) outcomes.push({ database, failure: explain(signal.reason, command.verbose), code: exitCodeOf(signal.reason) });
      else outcomes.push(await backUpOne(command, { ...connection, database }, store, output, signal));
    }
    return outcomes;
  } finally {
    await store?.close();
    close();
  }
}

async function backUpOne(command: BackupCommand, connection: Connection, store: ObjectStore, output: ProgressOutput, signal: AbortSignal): Promise<BackupOutcome> {
  const { database } = connection;
  const progress = new Progress(output, 'dumped');
  let finished: FinishedBackup;
  try {
    finished = await backUpDatabase({
      connection,
      store,
      tool: command.tool,
      jobs: command.jobs,
      dump: command.format,
      compression: resolveCompression(command.compression === 'auto' && command.format === 'plain' ? 'gzip' : command.compression, command.level),
      ...(command.level !== undefined && { level: command.level }),
      recipients: command.encryptTo,
      verify: command.verify === 'stream',
      roles: command.roles,
      ...(command.pgDumpPath && { pgDumpPath: command.pgDumpPath }),
      signal,
      progress: {
        begin: (facts) => {
          progress.expect(facts.expectedBytes);
          progress.say(`Backing up ${facts.database} (PostgreSQL ${facts.server}, ${megabytes(facts.expectedBytes)} with indexes) by pg_dump ${facts.client}`);
        },
        bytes: (more) => progress.add(more),
        table: (name) => progress.at(name),
        warn: (line) => progress.say(`Warning: ${line}`),
      },
    });
  } catch (error) {
    return { database, failure: explain(error, command.verbose), code: exitCodeOf(error) };
  } finally {
    progress.stop();
  }
  output.write(`${told(finished, store)}\n`);
  try {
    await pruneAfterBackup(store, finished, command, output, signal);
    return { database, finished, code: EXIT.success };
  } catch (error) {
    if (error instanceof Interrupted) return { database, finished, failure: `The backup is whole. Stopped by ${error.by} before old ones were pruned.`, code: EXIT.prune };
    // The backup is whole, and that is said above; what is left of the old ones costs money, not data.
    return { database, finished, failure: `The backup is whole, but pruning failed: ${explain(error, command.verbose)}`, code: EXIT.prune };
  }
}

function told({ manifest, key }: FinishedBackup, store: ObjectStore): string {
  const stored = manifest.objects.reduce((sum, { size }) => sum + size, 0);
  const plain = manifest.objects.reduce((sum, { plainSize }) => sum + plainSize, 0);
  const how = [manifest.compression === 'none' ? '' : manifest.compression, manifest.recipients.length > 0 ? 'encrypted' : '', manifest.verifiedBy ? `verified by ${manifest.verifiedBy === 'pg_restore' ? 'pg_restore' : 'its end marker'}` : 'not verified'].filter(Boolean).join(', ');
  return `${megabytes(plain)} became ${megabytes(stored)} (${how}) in ${duration(manifest.durationMs)}: ${store.url.replace(/\/$/, '')}/${key}`;
}

/** Databases that managed servers keep for themselves. */
const PROVIDERS_OWN = ['rdsadmin', 'cloudsqladmin', 'azure_maintenance', 'azure_sys', '_dodb'];

async function databasesOf(connection: Connection, asked: readonly string[]): Promise<string[]> {
  if (asked.length === 0) return [connection.database];
  if (!asked.includes('*')) return [...new Set(asked)];
  const client = await connect(connection);
  try {
    const { rows } = await client.query<{ name: string }>("SELECT datname AS name FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate AND datconnlimit <> -2 AND pg_catalog.has_database_privilege(datname, 'CONNECT') AND datname <> ALL ($1) ORDER BY datname", [PROVIDERS_OWN]);
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

function writeResult({ outputFile, workspaceRoot }: BackupCommand, outcomes: readonly BackupOutcome[], code: number): void {
  if (!outputFile) return;
  const path = join(workspaceRoot, outputFile);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ code, backups: outcomes.map(({ database, finished, failure }) => ({ database, ...(finished && { key: finished.key, manifest: finished.manifest }), ...(failure && { failure }) })) }, null, 2)}\n`);
}
