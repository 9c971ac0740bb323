import type { CompletedPart, HeadObjectCommandOutput, PutObjectCommandInput } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BodyReader } from './body-reader';
import { StoreError, type PutOptions } from './object-store';
import type { S3Connection } from './s3-connection';
import { explainS3Error, isDenied, isNotFound, isTransient, isUnsupported, type S3Request } from './s3-errors';

const MB = 1024 * 1024;
/** The least that S3 takes: each that is on its way is in memory. */
const SMALLEST_PART = 5 * MB;
const MOST_PARTS = 10_000;
const IN_FLIGHT = 4;
/** What parts may take together when they have to be large. */
const IN_FLIGHT_BYTES = 64 * MB;
const ABORT_TRIES = 5;
const ABORT_MS = 10_000;
/** Tells our own object from one that somebody else wrote, when an answer was lost. */
export const UPLOAD_MARK = 'nx-harden-upload';

/** What is set on each object that is written: encryption, class, lock. */
export type ObjectSettings = Pick<PutObjectCommandInput, 'StorageClass' | 'ServerSideEncryption' | 'SSEKMSKeyId' | 'ObjectLockMode' | 'ObjectLockRetainUntilDate'>;

/** Size of a part in bytes: one for all parts, since some servers demand it. */
function partSize(atMost = 0): number {
  return Math.max(SMALLEST_PART, Math.ceil(atMost / MOST_PARTS / MB) * MB);
}

/** What one upload works on. */
interface Upload {
  connection: S3Connection;
  /** In the bucket. */
  key: string;
  settings: ObjectSettings;
  mark: string;
  reader: BodyReader;
  signal: AbortSignal;
  size: number;
  partsInFlight: number;
}

/**
 * Streams a body into an object: one request when it is small, else by parts, several at a time. Memory is bounded by
 * the parts on their way. Whatever fails, the upload is aborted and nothing of it stays; the body's own error is thrown as it is.
 */
export async function uploadObject(connection: S3Connection, key: string, body: AsyncIterable<Uint8Array>, settings: ObjectSettings, options: PutOptions): Promise<{ size: number }> {
  const own = new AbortController();
  const signal = AbortSignal.any([own.signal, ...(options.signal ? [options.signal] : [])]);
  const reader = new BodyReader(body, signal);
  const upload: Upload = { connection, key, settings, mark: randomUUID(), reader, signal, size: partSize(options.atMost), partsInFlight: options.partsInFlight ?? IN_FLIGHT };
  try {
    const first = Buffer.allocUnsafeSlow(upload.size);
    const length = await reader.fill(first);
    const isSmall = length < upload.size || !(await reader.hasMore());
    const size = isSmall ? await putWhole(upload, first.subarray(0, length)) : await putParts(upload, first, own);
    return { size };
  } finally {
    reader.release();
  }
}

async function putWhole({ connection, key, settings, mark, signal }: Upload, bytes: Buffer): Promise<number> {
  const { sdk, bucket } = connection;
  const input = { Bucket: bucket, Key: key, Body: bytes, Metadata: { [UPLOAD_MARK]: mark }, ...settings };
  await connection.ask(writing(key), (client, options) => client.send(new sdk.PutObjectCommand(input), options), signal);
  await verifySize(connection, key, bytes.byteLength, signal);
  return bytes.byteLength;
}

async function putParts(upload: Upload, first: Buffer, own: AbortController): Promise<number> {
  const { connection, key, settings, mark, signal } = upload;
  const { sdk, bucket } = connection;
  const input = { Bucket: bucket, Key: key, Metadata: { [UPLOAD_MARK]: mark }, ...settings };
  let tries = 0;
  let uploadId: string | undefined;
  try {
    const begun = await connection.ask(writing(key), (client, options) => (tries++, client.send(new sdk.CreateMultipartUploadCommand(input), options)), signal);
    uploadId = begun.UploadId;
    tries += (begun.$metadata.attempts ?? 1) - 1;
    if (!uploadId) throw new StoreError(`s3://${bucket}/${key} could not be written: ${connection.where} gave no id for the upload.`);
    const { parts, size } = await sendParts(upload, uploadId, first, own);
    await complete(upload, uploadId, parts, size);
    return size;
  } catch (error) {
    const stays = uploadId ? await abortUpload(connection, key, uploadId) : undefined;
    throw stays && error instanceof StoreError ? new StoreError(`${error.message} ${stays}`) : error;
  } finally {
    // The answer of a request that was made twice may have been lost: then there is an upload that nobody knows the id of.
    if (tries > 1 || !uploadId) await abortOthers(connection, key, uploadId);
  }
}

/** Reads and sends until the body ends; throws the first failure when all requests have ended. */
async function sendParts({ connection, key, reader, signal, size: partBytes, partsInFlight }: Upload, uploadId: string, first: Buffer, own: AbortController): Promise<{ parts: CompletedPart[]; size: number }> {
  const { sdk, bucket } = connection;
  const parts: CompletedPart[] = [];
  const sending = new Set<Promise<void>>();
  const idle: Buffer[] = [];
  const most = Math.max(1, Math.min(partsInFlight, Math.floor(IN_FLIGHT_BYTES / partBytes)));
  let size = 0;
  const send = async (buffer: Buffer, length: number, number: number): Promise<void> => {
    const input = { Bucket: bucket, Key: key, UploadId: uploadId, PartNumber: number, Body: buffer.subarray(0, length) };
    const sent = await connection.ask(writing(key), (client, options) => client.send(new sdk.UploadPartCommand(input), options), signal);
    parts[number - 1] = { PartNumber: number, ETag: sent.ETag, ...(sent.ChecksumCRC32 && { ChecksumCRC32: sent.ChecksumCRC32 }) };
    idle.push(buffer);
  };
  try {
    let buffer = first;
    for (let length = first.byteLength, number = 1; length > 0; number++) {
      if (number > MOST_PARTS) throw new StoreError(`s3://${bucket}/${key} could not be written: it is larger than ${MOST_PARTS} parts of ${partBytes / MB} MB, so its size was estimated too low.`);
      size += length;
      const part = send(buffer, length, number).catch((error: unknown) => {
        own.abort(error);
        throw error;
      });
      sending.add(part);
      part.then(() => sending.delete(part), () => undefined);
      if (sending.size >= most) await Promise.race(sending);
      buffer = idle.pop() ?? Buffer.allocUnsafeSlow(partBytes);
      length = await reader.fill(buffer);
    }
    await Promise.all(sending);
  } catch (error) {
    own.abort(error);
    // A part that arrives after the abort would stay.
    await Promise.allSettled(sending);
    throw error;
  }
  return { parts, size };
}

async function complete({ connection, key, mark, signal }: Upload, uploadId: string, parts: CompletedPart[], size: number): Promise<void> {
  const { sdk, bucket } = connection;
  const input = { Bucket: bucket, Key: key, UploadId: uploadId, MultipartUpload: { Parts: parts } };
  const until = performance.now() + connection.patienceMs;
  for (let pause = 500; ; pause = Math.min(pause * 2, 5_000)) {
    try {
      await connection.askRaw({ ...writing(key), joins: true, patienceMs: 0 }, (client, options) => client.send(new sdk.CompleteMultipartUploadCommand(input), options), signal);
      break;
    } catch (error) {
      if (error === signal.reason) throw error;
      // The upload may be complete although its answer was lost: a second request then finds no upload, or makes the server stumble.
      const mayBe = isNotFound(error) || isTransient(error);
      const isOurs = mayBe && (await headOf(connection, key, signal).catch(() => undefined))?.Metadata?.[UPLOAD_MARK] === mark;
      if (isOurs) break;
      if (!isTransient(error) || performance.now() + pause > until) throw explainS3Error(error, writing(key), connection);
      await sleep(pause);
    }
  }
  await verifySize(connection, key, size, signal);
}

/** An object whose size is not what was sent is no object of ours; a writer that may not read cannot look. */
async function verifySize(connection: S3Connection, key: string, size: number, signal: AbortSignal): Promise<void> {
  let stored: number | undefined;
  try {
    stored = (await headOf(connection, key, signal))?.ContentLength ?? -1;
  } catch (error) {
    if (error === signal.reason || !isDenied(error)) throw error === signal.reason ? error : explainS3Error(error, writing(key), connection);
    return;
  }
  if (stored !== size) throw new StoreError(`s3://${connection.bucket}/${key} is not what was sent: ${connection.where} has ${stored < 0 ? 'no such object' : `${stored} bytes`} in place of ${size} bytes. Try again.`);
}

/** What is known of an object; undefined when there is none. Throws the SDK's error. */
export async function headOf(connection: S3Connection, key: string, signal?: AbortSignal): Promise<HeadObjectCommandOutput | undefined> {
  const { sdk, bucket } = connection;
  try {
    return await connection.askRaw({ doing: 'be looked at', key, right: 's3:GetObject' }, (client, options) => client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }), options), signal);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Aborts an upload, even while everything else is being given up. Returns a sentence when it stays. */
async function abortUpload(connection: S3Connection, key: string, uploadId: string): Promise<string | undefined> {
  const { sdk, bucket } = connection;
  for (let tries = 0; tries < ABORT_TRIES; tries++) {
    try {
      const command = new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId });
      await connection.askRaw({ doing: 'be aborted', key, right: 's3:AbortMultipartUpload', patienceMs: 1_000 }, (client) => client.send(command, { abortSignal: AbortSignal.timeout(ABORT_MS) }));
      return undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (isUnsupported(error)) return undefined;
      if (isDenied(error)) return `Its parts stay in the bucket, because the credentials lack s3:AbortMultipartUpload; a lifecycle rule (AbortIncompleteMultipartUpload) removes them.`;
    }
  }
  return 'Its parts stay in the bucket, because the upload could not be aborted either; the next prune, or a lifecycle rule, removes them.';
}

/** Aborts the uploads of a key but one. The key has a backup's id in it, so that they can only be our own. */
async function abortOthers(connection: S3Connection, key: string, ours: string | undefined): Promise<void> {
  const { sdk, bucket } = connection;
  try {
    const { Uploads = [] } = await connection.client.send(new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key }), { abortSignal: AbortSignal.timeout(ABORT_MS) });
    for (const { Key, UploadId } of Uploads) if (Key === key && UploadId && UploadId !== ours) await abortUpload(connection, key, UploadId);
  } catch {
    // Nothing is lost: what stays is found by `unfinished` at the next prune.
    return;
  }
}

/** The request to write a key of the bucket, for errors. */
export function writing(key: string): S3Request {
  return { doing: 'be written', key, right: 's3:PutObject' };
}
