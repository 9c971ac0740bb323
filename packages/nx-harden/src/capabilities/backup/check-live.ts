import { text } from 'node:stream/consumers';
import { latest, listBackups, databasesIn } from '../../backup/catalog';
import { folderOf } from '../../backup/backup-id';
import type { ObjectStore } from '../../backup/store/object-store';
import { openStore } from '../../backup/store/open-store';
import { duration } from '../../backup/progress';
import type { CapabilityContext, Finding, FindingStatus } from '../../capability';
import type { BackupOptions } from './schema';

const HOUR_MS = 3_600_000;
/** A daily backup, and two hours for one that is late. */
const OLDEST_MS = 26 * HOUR_MS;
/** A weekly drill, and a day. */
const OLDEST_DRILL_MS = 8 * 24 * HOUR_MS;

/** Looks into the store: how old the newest verified backup of each database is, and its last drill. */
export async function checkLiveBackup({ tree, app, options }: CapabilityContext): Promise<Finding[]> {
  const { to = 'file:.backups', region } = options as BackupOptions;
  const finding = (name: string, status: FindingStatus, message: string, fix?: string): Finding => ({ check: `backup/${name}`, status, message, ...(status !== 'pass' && fix && { fix }), docs: `backup#${name}` });
  const run = `nx run ${app.shortName || app.name}:`;
  let store: ObjectStore | undefined;
  try {
    store = await openStore(to, { workspaceRoot: tree.root, region, patienceMs: 10_000 });
    const now = await store.now();
    const databases = await databasesIn(store);
    if (databases.length === 0) return [finding('age', 'fail', `There is no backup at ${store.url}`, `${run}backup-db`)];
    const findings: Finding[] = [];
    for (const database of databases) {
      const newest = latest(await listBackups(store, database));
      const age = newest ? now.getTime() - Date.parse(newest.manifest.snapshotAt) : Infinity;
      if (!newest?.manifest.verifiedBy) findings.push(finding('age', 'fail', `No backup of ${database} is verified`, `${run}backup-db`));
      else if (age > OLDEST_MS) findings.push(finding('age', 'fail', `The newest verified backup of ${database} is ${duration(age)} old`, `${run}backup-db`));
      else findings.push(finding('age', 'pass', `The newest verified backup of ${database} is ${duration(age)} old`));
      findings.push(drillFinding(await lastDrill(store, database), database, now));
    }
    return findings;
  } catch (error) {
    return [finding('age', 'fail', `The backups cannot be looked at: ${(error as Error).message.replace(/\.$/, '')}`)];
  } finally {
    await store?.close();
  }

  function drillFinding(drill: { at: string; passed: boolean } | undefined, database: string, now: Date): Finding {
    const fix = `${run}verify-backup`;
    if (!drill) return finding('drill-age', 'warn', `No backup of ${database} was ever restored for a try`, fix);
    const age = now.getTime() - Date.parse(drill.at);
    if (!drill.passed) return finding('drill-age', 'fail', `The last restore drill of ${database} failed`, fix);
    return finding('drill-age', age > OLDEST_DRILL_MS ? 'warn' : 'pass', `A backup of ${database} was last restored for a try ${duration(age)} ago`, fix);
  }
}

/** What the newest drill of a database came to: it lies with the backup that was tried. */
async function lastDrill(store: ObjectStore, database: string): Promise<{ at: string; passed: boolean } | undefined> {
  let newest: { key: string; time: string } | undefined;
  for await (const { key } of store.list(folderOf(database, '').replace(/\/$/, ''))) {
    const [, time] = /\/drill-(\d{8}T\d{6}Z)\.json$/.exec(key) ?? [];
    if (time !== undefined && time > (newest?.time ?? '')) newest = { key, time };
  }
  return newest && (JSON.parse(await text(await store.read(newest.key))) as { at: string; passed: boolean });
}
