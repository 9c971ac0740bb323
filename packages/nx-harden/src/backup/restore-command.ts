import { createInterface } from 'node:readline/promises';
import { listBackups, databasesIn } from './catalog';
import { chooseBackup } from './choose-backup';
import { exitCodeOf, explain, EXIT } from './failure';
import { openStore, type StoreOptions } from './store/open-store';
import { duration, megabytes, Progress, type ProgressOutput } from './progress';
import { connectionFromOption, throughTunnel } from './postgres/reach';
import { restoreDatabase } from './restore-database';
import { abortOnSignals } from './signals';
import { printTable } from './text-table';
import type { ObjectStore } from './store/object-store';

/** What `restore-db` is asked for: its schema's options with their defaults. */
export interface RestoreCommand extends StoreOptions {
  from: string;
  list: boolean;
  database?: string | undefined;
  backup: string;
  targetUrl: string;
  ssh?: string | undefined;
  jobs: number;
  clean: boolean;
  yesOverwrite?: string | undefined;
  tables: readonly string[];
  schemaOnly: boolean;
  roles: boolean;
  owners: boolean;
  identityFile?: string | undefined;
  pgDumpPath?: string | undefined;
  json: boolean;
  verbose: boolean;
  workspaceRoot: string;
}

/** Lists or restores, and returns the exit code. */
export async function restoreCommand(command: RestoreCommand, output: ProgressOutput): Promise<number> {
  const { signal, dispose } = abortOnSignals('Nothing was overwritten.');
  let store: ObjectStore | undefined;
  try {
    store = await openStore(command.from, command);
    if (command.list) await list(store, command, output);
    else await restore(store, command, output, signal);
    return EXIT.success;
  } catch (error) {
    output.write(`${explain(error, command.verbose)}\n`);
    return exitCodeOf(error);
  } finally {
    await store?.close();
    dispose();
  }
}

async function list(store: ObjectStore, { database, json }: RestoreCommand, output: ProgressOutput): Promise<void> {
  const names = database ? [database] : await databasesIn(store);
  const backups = (await Promise.all(names.map((name) => listBackups(store, name)))).flat().sort((a, b) => (a.database === b.database ? (a.id < b.id ? 1 : -1) : a.database < b.database ? -1 : 1));
  if (json) return output.write(`${JSON.stringify(backups, null, 2)}\n`);
  if (backups.length === 0) return output.write(`There is no backup at ${store.url}.\n`);
  const rows = backups.map(({ database: name, id, manifest, damaged }) => {
    if (!manifest) return [name, id, '', '', '', `damaged: ${damaged ?? ''}`];
    const sum = (key: 'size' | 'plainSize'): string => megabytes(manifest.objects.reduce((total, object) => total + object[key], 0));
    const state = [manifest.verifiedBy ? 'verified' : 'not verified', manifest.recipients.length > 0 ? 'encrypted' : '', manifest.dump === 'plain' ? 'plain SQL' : ''].filter(Boolean).join(', ');
    return [name, id, manifest.snapshotAt.slice(0, 16).replace('T', ' '), sum('plainSize'), sum('size'), state];
  });
  output.write(`${printTable([['database', 'backup', 'taken (UTC)', 'dumped', 'stored', ''], ...rows])}\n`);
}

async function restore(store: ObjectStore, command: RestoreCommand, output: ProgressOutput, signal: AbortSignal): Promise<void> {
  const asked = connectionFromOption(command.targetUrl, 'targetUrl');
  const source = await chooseBackup(store, { ...command, signal });
  const { connection: target, close } = await throughTunnel(asked, command.ssh, signal);
  const progress = new Progress(output, 'read');
  const { manifest } = source;
  try {
    progress.expect(manifest.objects.reduce((sum, { size }) => sum + size, 0));
    progress.say(`Restoring ${manifest.database}, as it was on ${manifest.snapshotAt.slice(0, 16).replace('T', ' ')} UTC (${manifest.id}), into ${target.database} on ${target.host}`);
    const result = await restoreDatabase({
      source: { ...source, onBytes: (bytes) => progress.add(bytes) },
      target,
      jobs: command.jobs,
      clean: command.clean,
      confirm: () => confirm(command, target.database, progress, signal).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error;
      }),
      tables: command.tables,
      schemaOnly: command.schemaOnly,
      roles: command.roles,
      withoutOwners: !command.owners,
      ...(command.pgDumpPath && { pgDumpPath: command.pgDumpPath }),
      signal,
      say: (line) => progress.say(line),
      onTable: (name) => progress.at(name),
    });
    progress.stop();
    const differing = result.tables.filter(({ ok }) => !ok);
    if (command.json) output.write(`${JSON.stringify({ backup: manifest.id, target: target.database, ...result }, null, 2)}\n`);
    else output.write(`Restored in ${duration(result.durationMs)}: ${result.tables.length - differing.length} of ${result.tables.length} tables are as they were dumped.${result.roles.length > 0 ? ` Roles made: ${result.roles.join(', ')}.` : ''}\n`);
    for (const { schema, name, why } of differing) output.write(`  ${schema}.${name}: ${why ?? 'differs'}\n`);
    if (differing.length > 0) throw new Error(`${target.database} differs from the backup in ${differing.length} tables.`);
  } finally {
    progress.stop();
    close();
  }
}

/** The name of the database, from the command line or from somebody who is there to type it. */
async function confirm({ yesOverwrite }: RestoreCommand, database: string, progress: Progress, signal: AbortSignal): Promise<string | undefined> {
  if (yesOverwrite !== undefined || !process.stdin.isTTY) return yesOverwrite;
  progress.stop();
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    // In a terminal's raw mode Ctrl-C is a key.
    terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    return (await terminal.question(`${database} will be replaced (what is there is kept under another name). Type its name to go on: `, { signal })).trim();
  } finally {
    terminal.close();
  }
}
