import { once } from 'node:events';
import { CodecError, decode, Measure } from './codec';
import type { BackupObject, Manifest } from './manifest';
import { NotThere, StoreError, type ObjectStore } from './store/object-store';
import { killGroup, type PgRun } from './postgres/pg-process';

/** A stored object that is not what was written. */
export class DamageError extends Error {}

/** What is needed to read the objects of one backup. */
export interface BackupSource {
  store: ObjectStore;
  /** Key of the backup's folder, with `/` at its end. */
  folder: string;
  manifest: Manifest;
  /** age's secret keys. */
  identities: readonly string[];
  signal: AbortSignal;
  /** Bytes as stored that came since the last call. */
  onBytes?: (bytes: number) => void;
}

/**
 * An object as it was before compression and encryption. Its last part comes only after both hashes were found right,
 * so whoever waits for the end never takes a damaged object for a whole one. Throws {@link DamageError}, which names it.
 */
export async function* readObject({ store, folder, manifest, identities, signal, onBytes }: BackupSource, object: BackupObject): AsyncGenerator<Uint8Array> {
  const key = `${folder}${object.name}`;
  const stored = new Measure();
  const plain = new Measure();
  let held: Uint8Array | undefined;
  let lost: unknown;
  try {
    const source = await store.read(key, { signal });
    const compression = object.name.replace(/\.age$/, '').endsWith('.zst') ? 'zstd' : object.name.replace(/\.age$/, '').endsWith('.gz') ? 'gzip' : 'none';
    const decoded = await decode(counted(source, stored, onBytes, (error) => (lost = error)), { compression, recipients: manifest.recipients, identities });
    for await (const chunk of decoded) {
      plain.add(chunk);
      if (held) yield held;
      held = chunk;
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof NotThere) throw new DamageError(`${where(store, key)} is missing. ${ADVICE}`);
    // What the store or the key is to blame for says so by itself.
    if (lost !== undefined || error instanceof StoreError || (error instanceof CodecError && (await isIntact(store, key, object, signal)))) throw lost ?? error;
    throw new DamageError(`${where(store, key)} is damaged: ${(error as Error).message.replace(/\.$/, '')}. ${ADVICE}`);
  }
  if (stored.size !== object.size) throw new DamageError(`${where(store, key)} is damaged: it has ${stored.size} bytes, and was written with ${object.size}. ${ADVICE}`);
  if (stored.digest() !== object.sha256 || plain.size !== object.plainSize || plain.digest() !== object.plainSha256) {
    throw new DamageError(`${where(store, key)} is damaged: its hash is not the one in the manifest. ${ADVICE}`);
  }
  if (held) yield held;
}

const ADVICE = 'Use another backup: nx run <app>:restore-db --list.';

function where(store: ObjectStore, key: string): string {
  return `${store.url.replace(/\/$/, '')}/${key}`;
}

/** Whether an object is as it was stored: then it is the key that does not fit. */
async function isIntact(store: ObjectStore, key: string, { size, sha256 }: BackupObject, signal: AbortSignal): Promise<boolean> {
  const measure = new Measure();
  for await (const chunk of await store.read(key, { signal })) measure.add(chunk as Buffer);
  return measure.size === size && measure.digest() === sha256;
}

async function* counted(source: AsyncIterable<Buffer>, measure: Measure, onBytes: ((bytes: number) => void) | undefined, onLost: (error: unknown) => void): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of source) {
      measure.add(chunk);
      onBytes?.(chunk.length);
      yield chunk;
    }
  } catch (error) {
    onLost(error);
    throw error;
  }
}

/**
 * Feeds an object to a program, and ends its input only when the object was found whole. When the program fails first,
 * the object is read to its end: damage is then what is told, being the cause.
 */
export async function feedObject(source: BackupSource, object: BackupObject, { process: child, done }: PgRun, change: (dump: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array> = (dump) => dump): Promise<void> {
  let isRunning = true;
  const ended = done.then(
    () => (isRunning = false),
    () => (isRunning = false),
  );
  // What nobody listens to would fill the pipe.
  if (child.stdout.listenerCount('data') === 0 && child.stdout.listenerCount('readable') === 0) child.stdout.resume();
  try {
    for await (const chunk of change(readObject(source, object))) {
      if (!isRunning || child.stdin.destroyed || child.stdin.write(chunk)) continue;
      await Promise.race([once(child.stdin, 'drain').catch(() => undefined), ended]);
    }
  } catch (error) {
    // Killed, not ended: an end of its input would have it commit what it has.
    killGroup(child, 'SIGKILL');
    await ended;
    throw error;
  }
  child.stdin.end();
  await done;
}

/** Reads an object into memory; for small ones. */
export async function readSmallObject(source: BackupSource, object: BackupObject): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readObject(source, object)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

