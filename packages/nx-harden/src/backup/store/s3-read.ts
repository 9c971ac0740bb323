import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from './object-store';
import type { S3Connection } from './s3-connection';
import { explainS3Error, isTransient, type S3Request } from './s3-errors';

/** Times that a connection may be lost in a row without a byte in between. */
const TRIES = 6;

/**
 * Reads an object. A connection that is lost on the way, or was closed because the reader paused for long, is taken up
 * again where it was, as long as the object is still the same. Throws NotThere when there is none.
 */
export async function readObject(connection: S3Connection, key: string, signal?: AbortSignal): Promise<Readable> {
  const { sdk, bucket } = connection;
  const request: S3Request = { doing: 'be read', key, right: 's3:GetObject' };
  const from = (offset: number, etag?: string) => {
    const input = { Bucket: bucket, Key: key, ...(offset > 0 && { Range: `bytes=${offset}-` }), ...(etag !== undefined && offset > 0 && { IfMatch: etag }) };
    return connection.ask(request, (client, options) => client.send(new sdk.GetObjectCommand(input), options), signal);
  };
  const first = await from(0);
  const size = first.ContentLength;
  return Readable.from(pieces(), { objectMode: false });

  async function* pieces(): AsyncGenerator<Uint8Array> {
    let offset = 0;
    let answer: GetObjectCommandOutput = first;
    for (let tries = 1; ; tries++) {
      const body = answer.Body as Readable;
      try {
        for await (const chunk of body as AsyncIterable<Uint8Array>) {
          yield chunk;
          offset += chunk.byteLength;
          tries = 1;
        }
        if (size === undefined || offset === size) return;
        if (offset > size || tries >= TRIES) throw new StoreError(`s3://${bucket}/${key} could not be read: ${offset} bytes came in place of ${size}.`);
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        if (error instanceof StoreError || !isTransient(error) || tries >= TRIES) throw explainS3Error(error, request, connection);
        if (size !== undefined && offset === size) return;
      } finally {
        body.destroy();
      }
      await sleep(200 * tries);
      answer = await from(offset, first.ETag);
      if (offset > 0 && answer.ContentRange === undefined) throw new StoreError(`s3://${bucket}/${key} could not be read: ${connection.where} sends no part of an object (Range), so a lost connection cannot be taken up again. Try again.`);
    }
  }
}
