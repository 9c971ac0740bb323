import { text } from 'node:stream/consumers';
import { folderOfDatabase, timeOfBackup } from './backup-id';
import { MANIFEST, parseManifest, type Manifest } from './manifest';
import { NotThere, type ObjectStore } from './store/object-store';

/** A backup that a store lists: it has a manifest, which is read, or says why it cannot be. */
export interface ListedBackup {
  database: string;
  id: string;
  manifest?: Manifest;
  /** Why the manifest cannot be trusted. */
  damaged?: string;
}

/** One whose manifest can be trusted. */
export type WholeBackup = ListedBackup & { manifest: Manifest };

const AT_ONCE = 8;
const CLOCKS_MAY_DIFFER_MS = 3_600_000;

/** The databases that a store has backups of, by name. */
export async function databasesIn(store: ObjectStore): Promise<string[]> {
  const names: string[] = [];
  for await (const folder of store.folders('')) {
    const database = databaseOf(folder);
    // A folder of something else's has no backup in it.
    if (database !== undefined && (await listIds(store, database)).length > 0) names.push(database);
  }
  return names.sort();
}

/** The backups of a database, or of all, newest first. A folder without a manifest is none. Throws a {@link StoreError}. */
export async function listBackups(store: ObjectStore, database?: string): Promise<ListedBackup[]> {
  const backups: ListedBackup[] = [];
  for (const name of database === undefined ? await databasesIn(store) : [database]) {
    const found = await readAll(store, name, await listIds(store, name));
    backups.push(...found.sort((a, b) => (a.id < b.id ? 1 : -1)));
  }
  return backups;
}

/** The newest verified one by the time of its snapshot. One that was never verified is taken only when there is no other. */
export function latest(backups: readonly ListedBackup[], now = new Date()): WholeBackup | undefined {
  const all = backups.filter((backup): backup is WholeBackup => backup.manifest !== undefined);
  // One from the future was made while a clock was wrong, and would be the newest for as long.
  const past = all.filter(({ manifest }) => Date.parse(manifest.snapshotAt) <= now.getTime() + CLOCKS_MAY_DIFFER_MS);
  const whole = past.length > 0 ? past : all;
  const verified = whole.filter(({ manifest }) => manifest.verifiedBy !== null);
  const time = ({ manifest }: WholeBackup): number => new Date(manifest.snapshotAt).getTime();
  return (verified.length > 0 ? verified : whole).sort((a, b) => time(b) - time(a) || (a.id < b.id ? 1 : -1))[0];
}

/** The manifest of one backup, or why it cannot be trusted; undefined when there is none. */
export async function readBackup(store: ObjectStore, database: string, id: string): Promise<ListedBackup | undefined> {
  const key = `${folderOfDatabase(database)}/${id}/${MANIFEST}`;
  let manifest: string;
  try {
    manifest = await text(await store.read(key));
  } catch (error) {
    if (error instanceof NotThere) return undefined;
    throw error;
  }
  try {
    return { database, id, manifest: parseManifest(manifest, { database, id }, `${store.url.replace(/\/$/, '')}/${key}`) };
  } catch (error) {
    return { database, id, damaged: (error as Error).message };
  }
}

async function readAll(store: ObjectStore, database: string, ids: readonly string[]): Promise<ListedBackup[]> {
  const backups: ListedBackup[] = [];
  const queue = [...ids];
  const reader = async (): Promise<void> => {
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      const backup = await readBackup(store, database, id);
      if (backup) backups.push(backup);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, reader));
  } finally {
    // When one failed, the others stop.
    queue.length = 0;
  }
  return backups;
}

async function listIds(store: ObjectStore, database: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of store.folders(`${folderOfDatabase(database)}/`)) if (timeOfBackup(id)) ids.push(id);
  return ids;
}

/** The database that a folder is named after; undefined for a name that no backup gives. */
function databaseOf(folder: string): string | undefined {
  try {
    const database = decodeURIComponent(folder);
    return folderOfDatabase(database) === folder ? database : undefined;
  } catch {
    return undefined;
  }
}
