import { folderOf, folderOfDatabase, timeOfBackup } from '../backup-id';
import { listBackups, readBackup, type ListedBackup } from '../catalog';
import { MANIFEST, printManifest, type Manifest } from '../manifest';
import type { Deletion, ObjectStore, StoredObject, UnfinishedUpload } from '../store/object-store';
import { planRetention, type RetainedBackup, type RetentionPolicy } from './retention';

/** What pruning would do to the backups of a database, newest first. Bytes are all that is stored of a backup. */
export interface PrunePlan {
  database: string;
  keep: { id: string; reasons: string[]; bytes: number }[];
  remove: { id: string; reason: string; bytes: number }[];
  /** Those of `keep` that cannot be trusted, and why. */
  damaged: { id: string; why: string }[];
  keptBytes: number;
  removedBytes: number;
  /** The newest verified ones, newest first: nothing is removed unless they are there. */
  relyingOn: string[];
}

/** What became of a backup that was to be removed. */
export interface Removal {
  id: string;
  /** `gone`: somebody else removed it. `locked`: all of it is still there. `partly`: it is listed no more, and some of its objects are still there. */
  outcome: 'removed' | 'gone' | 'locked' | 'partly';
  /** Objects that are still there, with the reason. */
  kept: Deletion[];
}

/** Pruning that was refused, or stopped; `removals` is what it did before. */
export class PruneError extends Error {
  constructor(
    message: string,
    readonly removals: readonly Removal[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What an interrupted run left behind and is removed; `kept` is what could not be. */
export interface Sweep {
  abandoned: UnfinishedUpload[];
  removed: { id: string; bytes: number }[];
  kept: Deletion[];
}

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/**
 * Plans what a policy removes. Changes nothing. A backup whose objects are missing or of another size than its manifest
 * says is damaged. Throws {@link PruneError} when clocks differ (`serverNow` is the database server's), and {@link StoreError}.
 */
export async function planPrune(store: ObjectStore, database: string, policy: RetentionPolicy, now: Date, { serverNow }: { serverNow?: Date | undefined } = {}): Promise<PrunePlan> {
  await checkClocks(store, now, serverNow);
  // First the manifests: whatever they name was written before them, and so is in the listing that follows.
  const backups = await listBackups(store, database);
  const stored = await objectsById(store, database);
  const known = new Map(backups.map((backup) => [backup.id, damageOf(backup, stored.get(backup.id) ?? [])]));
  const retained = backups.map(({ id, manifest }): RetainedBackup => ({
    id,
    at: manifest ? new Date(manifest.snapshotAt) : (timeOfBackup(id) as Date),
    verified: Boolean(manifest?.verifiedBy),
    damaged: known.get(id) !== undefined,
  }));
  const plan = planRetention(retained, policy, now);
  const bytesOf = (id: string): number => sizeOf(stored.get(id) ?? []);
  const keep = plan.keep.map((kept) => ({ ...kept, bytes: bytesOf(kept.id) }));
  const remove = plan.remove.map((removed) => ({ ...removed, bytes: bytesOf(removed.id) }));
  const reliable = new Set(retained.filter(({ verified, damaged, at }) => verified && !damaged && at <= now).map(({ id }) => id));
  return {
    database,
    keep,
    remove,
    damaged: keep.flatMap(({ id }) => (known.get(id) === undefined ? [] : [{ id, why: known.get(id) as string }])),
    keptBytes: keep.reduce((sum, { bytes }) => sum + bytes, 0),
    removedBytes: remove.reduce((sum, { bytes }) => sum + bytes, 0),
    relyingOn: keep.map(({ id }) => id).filter((id) => reliable.has(id)).slice(0, policy.minimum),
  };
}

/**
 * Removes what a plan says, oldest first. Each loses its manifest first, so that nothing half-deleted is ever listed.
 * Throws {@link PruneError} when what the plan relies on is no longer there, or the store fails; the signal's reason between two backups.
 */
export async function applyPrune(store: ObjectStore, plan: PrunePlan, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Removal[]> {
  const removals: Removal[] = [];
  const [newest] = plan.relyingOn;
  for (const { id } of [...plan.remove].reverse()) {
    signal?.throwIfAborted();
    try {
      // Another prune may be at work: all are looked at before the first deletion, the newest before each.
      const needed = removals.length === 0 ? plan.relyingOn : [newest];
      await checkReliable(store, plan.database, needed, removals);
      removals.push(await removeBackup(store, plan.database, id));
    } catch (error) {
      if (error instanceof PruneError) throw error;
      throw new PruneError(`Pruning ${plan.database} stopped at ${id}, after ${countOf(removals)}: ${(error as Error).message} What is half-deleted is listed no more, and a later run removes the rest.`, removals, { cause: error });
    }
  }
  return removals;
}

/**
 * Removes what runs that were interrupted left of a database, when all of it is older than `olderThanMs` by the store's clock:
 * unfinished uploads, and folders of backups that have no manifest. Throws {@link PruneError} when clocks differ, and {@link StoreError}.
 */
export async function sweepUnfinished(store: ObjectStore, database: string, now: Date, olderThanMs = WEEK_MS): Promise<Sweep> {
  const storeNow = await checkClocks(store, now);
  const isOld = (time: Date): boolean => storeNow.getTime() - time.getTime() > olderThanMs;
  const sweep: Sweep = { abandoned: [], removed: [], kept: [] };
  const busy = new Set<string>();
  for await (const upload of store.unfinished(`${folderOfDatabase(database)}/`)) {
    const id = idOf(upload.key);
    if (id === undefined) continue;
    if (isOld(upload.begun)) sweep.abandoned.push(upload);
    else busy.add(id);
  }
  for (const upload of sweep.abandoned) await store.abandon(upload);
  const isLeftOver = (objects: readonly StoredObject[]): boolean => objects.length > 0 && objects.every(({ key, modified }) => isOld(modified) && !key.endsWith(`/${MANIFEST}`));
  for (const [id, objects] of await objectsById(store, database)) {
    if (busy.has(id) || !isLeftOver(objects)) continue;
    // What was true of a page of a long listing is looked at again before anything goes.
    const present = await allOf(store.list(folderOf(database, id)));
    if (!isLeftOver(present)) continue;
    const kept = (await store.delete(present.map(({ key }) => key))).filter((deletion) => deletion.kept !== undefined);
    sweep.kept.push(...kept);
    if (kept.length < present.length) sweep.removed.push({ id, bytes: sizeOf(present.filter(({ key }) => !kept.some((deletion) => deletion.key === key))) });
  }
  return sweep;
}

/** Ages are told by clocks: one that is wrong by hours would remove what is young. Returns the store's. */
async function checkClocks(store: ObjectStore, now: Date, serverNow?: Date): Promise<Date> {
  const storeNow = await store.now();
  for (const [whose, time] of [[store.url, storeNow], ['the database server', serverNow]] as const) {
    if (time === undefined || Math.abs(now.getTime() - time.getTime()) <= HOUR_MS) continue;
    throw new PruneError(`The clock of this machine (${print(now)}) and that of ${whose} (${print(time)}) differ by more than an hour, so the age of backups cannot be told: nothing is pruned. Set the clock that is wrong (NTP), and run it again.`);
  }
  return storeNow;
}

function print(time: Date): string {
  return Number.isNaN(time.getTime()) ? 'unknown' : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Why a backup cannot be trusted, as far as that can be seen without reading its objects. */
function damageOf({ damaged, manifest }: ListedBackup, stored: readonly StoredObject[]): string | undefined {
  const sizes = new Map(stored.map(({ key, size }) => [key.split('/').slice(2).join('/'), size]));
  for (const { name, size } of manifest?.objects ?? []) {
    if (!sizes.has(name)) return `${name} is missing.`;
    if (sizes.get(name) !== size) return `${name} has ${sizes.get(name)} bytes; its manifest says ${size}.`;
  }
  return damaged;
}

async function checkReliable(store: ObjectStore, database: string, ids: readonly (string | undefined)[], removals: readonly Removal[]): Promise<void> {
  if (ids.length === 0) throw new PruneError(`There is no verified backup of ${database} at ${store.url} to rely on: nothing is removed.`);
  for (const id of ids) {
    const backup = id === undefined ? undefined : await readBackup(store, database, id);
    if (!backup?.manifest?.verifiedBy) throw new PruneError(`The verified backup ${id} of ${database} is no longer at ${store.url}, as when pruning was planned: stopped after ${countOf(removals)}. Plan again.`, removals);
  }
}

async function removeBackup(store: ObjectStore, database: string, id: string): Promise<Removal> {
  const folder = folderOf(database, id);
  const backup = await readBackup(store, database, id);
  if (!backup) return { id, outcome: 'gone', kept: [] };
  const manifestKey = `${folder}${MANIFEST}`;
  if (!backup.manifest) return { id, outcome: 'locked', kept: [{ key: manifestKey, kept: backup.damaged ?? 'damaged' }] };
  const locked = keptOf(await store.delete([manifestKey]));
  if (locked.length > 0) return { id, outcome: 'locked', kept: locked };
  const own = ownKeys(backup.manifest, folder);
  const kept = keptOf(await store.delete(own));
  if (own.length > 0 && kept.length === own.length) {
    // Somebody holds the objects and not the manifest: without it, what they hold could not be restored.
    await store.putIfAbsent(manifestKey, Buffer.from(printManifest(backup.manifest)));
    return { id, outcome: 'locked', kept };
  }
  const rest = (await allOf(store.list(folder))).map(({ key }) => key).filter((key) => !own.includes(key));
  kept.push(...keptOf(await store.delete(rest)));
  return { id, outcome: kept.length > 0 ? 'partly' : 'removed', kept };
}

/** What is directly in the backup's folder: a manifest has no say over what is elsewhere. */
function ownKeys({ objects }: Manifest, folder: string): string[] {
  return objects.flatMap(({ name }) => (name.includes('/') || name === MANIFEST ? [] : [`${folder}${name}`]));
}

function keptOf(deletions: readonly Deletion[]): Deletion[] {
  return deletions.filter(({ kept }) => kept !== undefined);
}

/** What lies in the folders of backups, by one listing. */
async function objectsById(store: ObjectStore, database: string): Promise<Map<string, StoredObject[]>> {
  const found = new Map<string, StoredObject[]>();
  for await (const object of store.list(`${folderOfDatabase(database)}/`)) {
    const id = idOf(object.key);
    if (id === undefined) continue;
    const objects = found.get(id);
    if (objects) objects.push(object);
    else found.set(id, [object]);
  }
  return found;
}

/** The backup that a key belongs to; undefined for what is not ours. */
function idOf(key: string): string | undefined {
  const [, id, ...name] = key.split('/');
  return id !== undefined && name.length > 0 && timeOfBackup(id) ? id : undefined;
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function sizeOf(objects: readonly StoredObject[]): number {
  return objects.reduce((sum, { size }) => sum + size, 0);
}

function countOf(removals: readonly Removal[]): string {
  const removed = removals.filter(({ outcome }) => outcome === 'removed').length;
  return removed === 1 ? '1 removal' : `${removed} removals`;
}
