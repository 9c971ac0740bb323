import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chooseBackup } from './choose-backup';
import { EXIT, exitCodeOf, explain } from './failure';
import { sendHeartbeat } from './heartbeat';
import { appendJobSummary, drillSummary } from './job-summary';
import type { ObjectStore } from './store/object-store';
import { openStore, type StoreOptions } from './store/open-store';
import { duration, Progress, type ProgressOutput } from './progress';
import { withPassword } from './postgres/password';
import { connectionFromOption } from './postgres/reach';
import type { BackupSource } from './read-object';
import { abortOnSignals } from './signals';
import { drill, type DrillResult } from './verify-backup';

/** What `verify-backup` is asked for: its schema's options with their defaults. */
export interface VerifyCommand extends StoreOptions {
  from: string;
  database?: string | undefined;
  backup: string;
  serverUrl?: string | undefined;
  jobs: number;
  checkQuery?: string | undefined;
  maxAgeHours?: number | undefined;
  outputFile: string;
  identityFile?: string | undefined;
  pgDumpPath?: string | undefined;
  heartbeat: string;
  verbose: boolean;
  workspaceRoot: string;
}

/** Runs the drill, writes its result, and returns the exit code: a restore that differs is a failure. */
export async function verifyCommand(command: VerifyCommand, output: ProgressOutput): Promise<number> {
  const { signal, dispose } = abortOnSignals('The scratch database is gone.');
  const beat = async (event: 'success' | 'failure'): Promise<void> => {
    const url = process.env[command.heartbeat];
    const complaint = url ? await sendHeartbeat(url, event) : undefined;
    if (complaint) output.write(`Warning: ${complaint}.\n`);
  };
  const progress = new Progress(output, 'read');
  let store: ObjectStore | undefined;
  let source: BackupSource | undefined;
  const outputFile = join(command.workspaceRoot, command.outputFile);
  // What an earlier drill found is not true of this one, however it ends.
  rmSync(outputFile, { force: true });
  try {
    store = await openStore(command.from, command);
    source = await chooseBackup(store, { ...command, signal });
    progress.expect(source.manifest.objects.reduce((sum, { size }) => sum + size, 0));
    const result = await drill({
      source: { ...source, onBytes: (bytes) => progress.add(bytes) },
      ...(command.serverUrl && { server: await withPassword(connectionFromOption(command.serverUrl, 'serverUrl')) }),
      jobs: command.jobs,
      ...(command.checkQuery && { checkQuery: command.checkQuery }),
      ...(command.pgDumpPath && { pgDumpPath: command.pgDumpPath }),
      workspaceRoot: command.workspaceRoot,
      signal,
      say: (line) => progress.say(line),
      onTable: (name) => progress.at(name),
    });
    progress.stop();
    const judged = judge(result, command.maxAgeHours);
    write(outputFile, result);
    await keepBeside(store, source.folder, result, output);
    appendJobSummary(drillSummary(result));
    output.write(`${judged.join('\n')}\n`);
    await beat(result.passed ? 'success' : 'failure');
    return result.passed ? EXIT.success : EXIT.failed;
  } catch (error) {
    progress.stop();
    output.write(`${explain(error, command.verbose)}\n`);
    write(outputFile, { passed: false, at: new Date().toISOString(), ...(source && { backup: source.manifest.id, database: source.manifest.database }), error: explain(error, false) });
    await beat('failure');
    return exitCodeOf(error);
  } finally {
    progress.stop();
    await store?.close();
    dispose();
  }
}

/** What is said of it; a backup that is too old has not passed. */
function judge(result: DrillResult, maxAgeHours: number | undefined): string[] {
  const differing = result.tables.filter(({ ok }) => !ok);
  const isTooOld = maxAgeHours !== undefined && result.rpoMs > maxAgeHours * 3_600_000;
  const isOfTomorrow = result.rpoMs < -3_600_000;
  result.passed &&= !isTooOld && !isOfTomorrow;
  return [
    `${result.backup} of ${result.database} ${result.passed ? 'restores' : 'failed the drill'}: ready in ${duration(result.rtoMs)} (RTO), ${duration(result.rpoMs)} old (RPO), ${result.tables.length - differing.length} of ${result.tables.length} tables as dumped.`,
    ...differing.map(({ schema, name, why }) => `  ${schema}.${name}: ${why ?? 'differs'}`),
    ...(isTooOld ? [`  It is older than ${maxAgeHours} hours: do the backups still run?`] : []),
    ...(isOfTomorrow ? ['  It is from the future: the clock of the database server, or of this machine, is wrong.'] : []),
    ...(result.checkQuery ? [`  The check query gave ${result.checkQuery.value}: ${result.checkQuery.passed ? 'passed' : 'failed'}.`] : []),
  ];
}

function write(path: string, result: DrillResult | { passed: false; at: string; error: string }): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
}

/** With the backup itself, for whoever asks later whether it was ever restored. A drill may be run by one who can only read. */
async function keepBeside(store: ObjectStore, folder: string, result: DrillResult, output: ProgressOutput): Promise<void> {
  const key = `${folder}drill-${result.at.replace(/[-:]|\.\d+/g, '')}.json`;
  await store.putIfAbsent(key, Buffer.from(`${JSON.stringify(result, null, 2)}\n`)).catch((error: Error) => output.write(`The result could not be kept with the backup, as a role that may only read cannot: ${error.message}\n`));
}
