import { pump } from './block-pump';
import { createEncoder, extensionOf, Measure, type Encoder } from './codec';
import type { BackupObject, Compression } from './manifest';
import type { ObjectStore } from './store/object-store';
import { startPg, type LibpqEnvironment, type PgRun } from './postgres/pg-process';
import type { PgPrograms, ProgramName } from './postgres/pg-programs';

/** How all objects of one backup are made. */
export interface DumpSettings {
  programs: PgPrograms;
  libpq: LibpqEnvironment;
  store: ObjectStore;
  /** Key of the backup's folder, with `/` at its end. */
  folder: string;
  compression: Compression;
  level?: number | undefined;
  recipients: readonly string[];
  verify: boolean;
  /** Of each object: together they take the memory. */
  partsInFlight: number;
  signal: AbortSignal;
  /** Bytes that came since the last call. */
  onBytes: (bytes: number) => void;
  /** What the program says as it goes: which table it is at. */
  onLine: (line: string) => void;
}

/** What one program is to write. */
export interface DumpRequest {
  /** Without what compression and encryption append: `schema.dump`. */
  name: string;
  role: BackupObject['role'];
  program: Extract<ProgramName, 'pg_dump' | 'pg_dumpall'>;
  args: readonly string[];
  /** Upper bound of its size in bytes. */
  atMost: number;
}

/** The last bytes of a plain dump, in which it says that it is complete. */
const TAIL = 512;
const END_MARKERS = { pg_dump: 'PostgreSQL database dump complete', pg_dumpall: 'PostgreSQL database cluster dump complete' };
/** How an archive begins. */
const MAGIC = Buffer.from('PGDMP');
const NOWHERE = process.platform === 'win32' ? 'NUL' : '/dev/null';

/** A dump that ended, and is not whole. */
export class DumpError extends Error {}

/**
 * Streams one dump into the store: hashed, verified as it passes, compressed, encrypted, hashed again. The object exists
 * only when the program ended by itself with 0, and what read it along with us found it whole.
 */
export async function storeDump(settings: DumpSettings, { name, role, program, args, atMost }: DumpRequest): Promise<BackupObject> {
  const { programs, libpq, store, folder, compression, level, recipients, signal } = settings;
  const isArchive = args.includes('--format=custom');
  // Before the program is started: what it writes while nobody reads is lost when it ends.
  const encoder = await createEncoder({ compression, level, recipients });
  const own = new AbortController();
  const either = AbortSignal.any([signal, own.signal]);
  const dump = startPg(programs, program, args, libpq, { signal: either, onLine: settings.onLine, writesMuch: program === 'pg_dump' });
  const verifier = settings.verify && isArchive ? startPg(programs, 'pg_restore', ['--format=custom', `--file=${NOWHERE}`], undefined, { signal: either }) : undefined;
  // Each is awaited in the stream below; until then a rejection is not an unhandled one.
  for (const run of [dump, verifier]) run?.done.catch(() => undefined);
  const plain = new Measure();
  const stored = new Measure();
  try {
    const pumped = pumpWhole(dump, verifier, encoder, isArchive ? undefined : END_MARKERS[program], (block) => {
      plain.add(block);
      settings.onBytes(block.length);
    });
    // Its failure comes out of the encoder, and so reaches the store, which gives the object up.
    pumped.catch((error: Error) => encoder.input.destroy(error));
    const objectName = `${name}${extensionOf(compression, recipients)}`;
    const written = store.put(`${folder}${objectName}`, measured(encoder.output, stored), { signal, atMost, partsInFlight: settings.partsInFlight });
    // When the store fails, there is nothing left to pump for.
    written.catch((error: Error) => encoder.input.destroy(error));
    await written;
    await pumped;
    return { name: objectName, role, size: stored.size, sha256: stored.digest(), plainSize: plain.size, plainSha256: plain.digest() };
  } catch (error) {
    own.abort();
    // All of it has ended before the failure is told.
    await Promise.allSettled([dump.done, verifier?.done]);
    throw signal.aborted ? signal.reason : error;
  }
}

/** Feeds the dump to all that read it, and ends the encoder's input only when the dump is whole. */
async function pumpWhole(dump: PgRun, verifier: PgRun | undefined, { input }: Encoder, endMarker: string | undefined, onBlock: (block: Uint8Array) => void): Promise<void> {
  dump.process.stdin.end();
  verifier?.process.stdout.resume();
  let tail = Buffer.alloc(0);
  let hasMagic: boolean | undefined = endMarker === undefined ? false : undefined;
  await pump(dump.process.stdout, [{ stream: input }, ...(verifier ? [{ stream: verifier.process.stdin, mayStop: true }] : [])], (block) => {
    onBlock(block);
    if (hasMagic === false && tail.length === 0) hasMagic = Buffer.from(block.subarray(0, MAGIC.length)).equals(MAGIC);
    if (hasMagic) hasMagic = undefined;
    if (endMarker) tail = Buffer.concat([tail, block.subarray(-TAIL)]).subarray(-TAIL);
  });
  await dump.done;
  if (hasMagic === false) throw new DumpError('The dump is no archive of pg_dump. Nothing was kept; run it again.');
  if (endMarker && !tail.includes(endMarker)) throw new DumpError('The dump does not end as a whole one does. Nothing was kept; run it again.');
  verifier?.process.stdin.end();
  await verifier?.done.catch((error: Error) => {
    throw new DumpError(`The dump is not whole, as pg_restore found: ${error.message}. Nothing was kept; run it again.`);
  });
  input.end();
}

/** Stores a small object of our own making, in the same way. */
export async function storeBytes({ store, folder, compression, level, recipients, signal }: DumpSettings, name: string, role: BackupObject['role'], bytes: Uint8Array): Promise<BackupObject> {
  const { input, output } = await createEncoder({ compression, level, recipients });
  const plain = new Measure();
  const stored = new Measure();
  plain.add(bytes);
  input.end(bytes);
  const objectName = `${name}${extensionOf(compression, recipients)}`;
  await store.put(`${folder}${objectName}`, measured(output, stored), { signal });
  return { name: objectName, role, size: stored.size, sha256: stored.digest(), plainSize: plain.size, plainSha256: plain.digest() };
}

async function* measured(source: AsyncIterable<Uint8Array>, measure: Measure): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    measure.add(chunk);
    yield chunk;
  }
}
