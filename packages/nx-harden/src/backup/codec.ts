import { createHash, type Hash } from 'node:crypto';
import { pipeline, Readable, Transform, type Duplex } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import * as zlib from 'node:zlib';
import type { Compression } from './manifest';

/** Compression or encryption that cannot be done here, with what to do. */
export class CodecError extends Error {}

export const HAS_ZSTD = typeof (zlib as Partial<typeof zlib>).createZstdCompress === 'function';
const EXTENSIONS: Record<Compression, string> = { zstd: '.zst', gzip: '.gz', none: '' };
/** Of input and output of a compressor: each call into one costs, however small its input. */
const CHUNK = 256 * 1024;

/** What is put behind the name of an object: `.zst.age`. */
export function extensionOf(compression: Compression, recipients: readonly string[]): string {
  return EXTENSIONS[compression] + (recipients.length > 0 ? '.age' : '');
}

/** The compression to use: zstd where this Node has it. Throws {@link CodecError} for one that it lacks. */
export function resolveCompression(wanted: Compression | 'auto', level?: number): Compression {
  const most = { zstd: 19, gzip: 9, none: Infinity }[wanted === 'auto' ? (HAS_ZSTD ? 'zstd' : 'gzip') : wanted];
  if (level !== undefined && (level < 1 || level > most)) throw new CodecError(`--level is ${level}; it is 1 to ${most} for that compression.`);
  if (wanted === 'auto') return HAS_ZSTD ? 'zstd' : 'gzip';
  if (wanted === 'zstd' && !HAS_ZSTD) throw new CodecError(`Node ${process.versions.node} has no zstd: use Node 22.15 or later, or --compression=gzip.`);
  return wanted;
}

/** Size and SHA-256 of what passes through it. */
export class Measure {
  size = 0;
  private readonly hash: Hash = createHash('sha256');

  add(chunk: Uint8Array): void {
    this.size += chunk.length;
    this.hash.update(chunk);
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}

/** The way of an object to the store: what is written into `input` comes out as it is stored. */
export interface Encoder {
  /** Keeps nothing of a chunk once its write was called back. Destroyed with an error, the output throws it. */
  input: Duplex;
  output: AsyncIterable<Uint8Array>;
}

/** Compresses and encrypts. */
export async function createEncoder({ compression, level, recipients }: { compression: Compression; level?: number | undefined; recipients: readonly string[] }): Promise<Encoder> {
  const input = compression === 'none' ? copying() : compression === 'zstd' ? zstd(level) : zlib.createGzip({ level: level ?? 6, chunkSize: CHUNK });
  // Its error is told to whoever reads the output; when nobody does any more, as after an abort, it is no news.
  input.on('error', () => undefined);
  if (recipients.length === 0) return { input, output: input };
  const { Encrypter } = await loadAge();
  const encrypter = new Encrypter();
  for (const recipient of recipients) addRecipient(encrypter, recipient);
  const encrypted = await encrypter.encrypt(Readable.toWeb(input) as never);
  const output = Readable.fromWeb(encrypted as unknown as ReadableStream);
  output.on('error', () => undefined);
  return { input, output };
}

function copying(): Duplex {
  return new Transform({ transform: (chunk: Buffer, _, done) => done(null, Buffer.from(chunk)) });
}

/** The reverse of {@link createEncoder}. `identities` are age's secret keys. */
export async function decode(source: AsyncIterable<Uint8Array>, { compression, recipients, identities }: { compression: Compression; recipients: readonly string[]; identities: readonly string[] }): Promise<AsyncIterable<Uint8Array>> {
  let plain = source;
  if (recipients.length > 0) {
    if (identities.length === 0) throw new CodecError(`The backup is encrypted to ${recipients.join(', ')}: set BACKUP_AGE_IDENTITY to the secret key, or name its file by --identityFile.`);
    const { Decrypter } = await loadAge();
    const decrypter = new Decrypter();
    for (const identity of identities) addIdentity(decrypter, identity);
    const decrypted = await decrypter.decrypt(Readable.toWeb(Readable.from(source, { objectMode: false })) as never).catch((error: Error) => {
      throw new CodecError(/no identity matched/i.test(error.message) ? `The given key is not one that the backup is encrypted to: ${recipients.join(', ')}.` : `It cannot be decrypted: ${error.message}.`);
    });
    plain = Readable.fromWeb(decrypted as unknown as ReadableStream);
  }
  if (compression === 'none') return plain;
  if (compression === 'zstd') resolveCompression('zstd');
  return through(plain, compression === 'zstd' ? zlib.createZstdDecompress({ chunkSize: CHUNK }) : zlib.createGunzip({ chunkSize: CHUNK }));
}

/** Reads age's secret keys: lines that begin with `AGE-SECRET-KEY-`; comments are passed over. */
export function readIdentities(text: string, source: string): string[] {
  const keys = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0 || keys.some((key) => !/^AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]+$/.test(key))) throw new CodecError(`${source} holds no age secret key: a line that begins with AGE-SECRET-KEY-1.`);
  return keys;
}

/** A table of 64 Ki entries at level 1: 7 % smaller than its own of text and JSON, for a sixth more of its time. */
const HASH_LOG = 16;

function zstd(level?: number): Duplex {
  const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag, ZSTD_c_hashLog } = zlib.constants;
  return zlib.createZstdCompress({ chunkSize: CHUNK, params: { [ZSTD_c_compressionLevel]: level ?? 1, [ZSTD_c_checksumFlag]: 1, ...(level === undefined && { [ZSTD_c_hashLog]: HASH_LOG }) } });
}

function through(source: AsyncIterable<Uint8Array>, transform: Duplex): AsyncIterable<Uint8Array> {
  // The outcome reaches whoever reads the transform; pipeline hands an error of the source on to it.
  transform.on('error', () => undefined);
  pipeline(Readable.from(source, { objectMode: false, highWaterMark: CHUNK }), transform, () => undefined);
  return transform;
}

type Age = typeof import('age-encryption');

async function loadAge(): Promise<Age> {
  try {
    return await import('age-encryption');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND' && (error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new CodecError('Encryption needs the package age-encryption in the workspace: pnpm add -Dw age-encryption (or npm install -D age-encryption).');
  }
}

function addRecipient(encrypter: InstanceType<Age['Encrypter']>, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch {
    throw new CodecError(`"${recipient}" is not a public key of age, such as age1…. Make a pair by age-keygen, and keep the secret one off this machine.`);
  }
}

function addIdentity(decrypter: InstanceType<Age['Decrypter']>, identity: string): void {
  try {
    decrypter.addIdentity(identity);
  } catch {
    throw new CodecError('The secret key is not a valid one of age: it begins with AGE-SECRET-KEY-1, and has to be complete.');
  }
}
