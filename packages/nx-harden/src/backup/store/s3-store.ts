import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { AlreadyThere, StoreError, type Deletion, type ObjectStore, type PutOptions, type StoredObject, type UnfinishedUpload } from './object-store';
import { S3Connection, type BucketAddress, type S3Sdk } from './s3-connection';
import { deleteObjects } from './s3-delete';
import { explainS3Error, isDenied, isUnsupported, statusOf, type S3Request } from './s3-errors';
import { readObject } from './s3-read';
import { headOf, UPLOAD_MARK, uploadObject, writing, type ObjectSettings } from './s3-upload';

/** How objects are kept. */
export interface S3Keeping {
  storageClass?: string | undefined;
  sse?: 'AES256' | 'aws:kms' | undefined;
  kmsKeyId?: string | undefined;
  /** Days for which nobody deletes what is written (Object Lock); the bucket has to have it switched on. */
  lockDays?: number | undefined;
  /** Whether some role may lift the lock (`governance`, the default) or nobody at all. */
  lockMode?: 'governance' | 'compliance' | undefined;
}

const DAY_MS = 86_400_000;
const CONFLICT_TRIES = 3;

/** A bucket, or a prefix in one, in AWS or in any server that speaks S3. */
export class S3Store implements ObjectStore {
  readonly url: string;
  private readonly connection: S3Connection;
  private versioned: Promise<boolean> | undefined;

  /** `prefix` is without `/` at its ends, or empty. */
  constructor(
    sdk: S3Sdk,
    address: BucketAddress,
    private readonly prefix: string,
    private readonly keeping: S3Keeping = {},
  ) {
    this.connection = new S3Connection(sdk, address);
    this.url = `s3://${address.bucket}${prefix && `/${prefix}`}`;
  }

  async put(key: string, body: AsyncIterable<Uint8Array>, options: PutOptions = {}): Promise<{ size: number }> {
    return uploadObject(this.connection, this.inBucket(key), body, this.settings(), options);
  }

  async putIfAbsent(key: string, body: Uint8Array, { signal }: PutOptions = {}): Promise<void> {
    const { connection } = this;
    const Key = this.inBucket(key);
    const mark = randomUUID();
    const input = { Bucket: connection.bucket, Key, Body: body, Metadata: { [UPLOAD_MARK]: mark }, ...this.settings() };
    const there = new AlreadyThere(`${this.url}/${key} is already there: it is not written over.`);
    // Servers that know no conditional put ignore it: there, to look first is all that can be done.
    if (await this.markOf(Key, signal)) throw there;
    let condition: { IfNoneMatch?: '*' } = { IfNoneMatch: '*' };
    for (let tries = 1; ; tries++) {
      try {
        await connection.askRaw(writing(Key), (client, options) => client.send(new connection.sdk.PutObjectCommand({ ...input, ...condition }), options), signal);
        return;
      } catch (error) {
        if (error === signal?.reason) throw error;
        const isConflict = statusOf(error) === 409;
        if (statusOf(error) === 412 || (isConflict && tries >= CONFLICT_TRIES)) {
          // The answer to a first try may have been lost, and the second one then meets our own object.
          if ((await this.markOf(Key, signal)) === mark) return;
          throw there;
        }
        if (isUnsupported(error) && condition.IfNoneMatch) condition = {};
        else if (!isConflict) throw explainS3Error(error, writing(Key), connection);
      }
    }
  }

  async read(key: string, { signal }: { signal?: AbortSignal } = {}): Promise<Readable> {
    return readObject(this.connection, this.inBucket(key), signal);
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    for await (const { Contents = [] } of this.pages(prefix)) {
      for (const { Key, Size, LastModified } of Contents) if (Key !== undefined) yield { key: this.outside(Key), size: Size ?? 0, modified: LastModified ?? new Date(Number.NaN) };
    }
  }

  async *folders(prefix: string): AsyncIterable<string> {
    const told = new Set<string>();
    for await (const { CommonPrefixes = [] } of this.pages(prefix, '/')) {
      for (const { Prefix } of CommonPrefixes) {
        const name = Prefix === undefined ? '' : this.outside(Prefix).slice(prefix.length, -1);
        if (name && !told.has(name)) yield name;
        told.add(name);
      }
    }
  }

  async delete(keys: readonly string[]): Promise<Deletion[]> {
    if (keys.length === 0) return [];
    const deletions = await deleteObjects(this.connection, keys.map((key) => this.inBucket(key)), await this.isVersioned());
    return deletions.map((deletion) => ({ ...deletion, key: this.outside(deletion.key) }));
  }

  async *unfinished(prefix: string): AsyncIterable<UnfinishedUpload> {
    const { connection } = this;
    const { sdk, bucket } = connection;
    const request: S3Request = { doing: 'list its unfinished uploads', right: 's3:ListBucketMultipartUploads' };
    let from: { KeyMarker?: string; UploadIdMarker?: string } = {};
    for (;;) {
      const page = await connection.askRaw(request, (client, options) => client.send(new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: this.inBucket(prefix), ...from }), options)).catch((error: unknown) => {
        if (isUnsupported(error)) return undefined;
        throw explainS3Error(error, request, connection);
      });
      for (const { Key, UploadId, Initiated } of page?.Uploads ?? []) {
        // Some servers answer with all uploads of the bucket.
        if (Key?.startsWith(this.inBucket(prefix)) && UploadId) yield { key: this.outside(Key), id: UploadId, begun: Initiated ?? new Date(Number.NaN) };
      }
      if (!page?.IsTruncated || page.NextKeyMarker === undefined) return;
      from = { KeyMarker: page.NextKeyMarker, ...(page.NextUploadIdMarker !== undefined && { UploadIdMarker: page.NextUploadIdMarker }) };
    }
  }

  async abandon({ key, id }: UnfinishedUpload): Promise<void> {
    const { connection } = this;
    const { sdk, bucket } = connection;
    const Key = this.inBucket(key);
    await connection.ask({ doing: 'be aborted', key: Key, right: 's3:AbortMultipartUpload' }, async (client, options) => {
      await client.send(new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId: id }), options).catch((error: unknown) => {
        if ((error as Error).name !== 'NoSuchUpload') throw error;
      });
    });
  }

  now(): Promise<Date> {
    return this.connection.now();
  }

  async close(): Promise<void> {
    this.connection.close();
  }

  /** The mark of the upload that wrote an object, `other` for one without; undefined when there is none, or it may not be seen. */
  private async markOf(key: string, signal?: AbortSignal): Promise<string | undefined> {
    try {
      const head = await headOf(this.connection, key, signal);
      return head && (head.Metadata?.[UPLOAD_MARK] ?? 'other');
    } catch (error) {
      if (error === signal?.reason) throw error;
      if (isDenied(error)) return undefined;
      throw explainS3Error(error, { doing: 'be looked at', key, right: 's3:GetObject' }, this.connection);
    }
  }

  private async *pages(prefix: string, delimiter?: string) {
    const { connection } = this;
    const { sdk, bucket } = connection;
    let token: string | undefined;
    do {
      const input = { Bucket: bucket, Prefix: this.inBucket(prefix), ...(delimiter && { Delimiter: delimiter }), ...(token !== undefined && { ContinuationToken: token }) };
      const page = await connection.ask({ doing: 'list its objects', right: 's3:ListBucket' }, (client, options) => client.send(new sdk.ListObjectsV2Command(input), options));
      yield page;
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  /** A suspended bucket still holds versions. Servers that know none, and roles that may not ask, are taken for unversioned. */
  private isVersioned(): Promise<boolean> {
    const { connection } = this;
    const { sdk, bucket } = connection;
    const request: S3Request = { doing: 'say whether it keeps versions', right: 's3:GetBucketVersioning' };
    this.versioned ??= connection.askRaw(request, (client, options) => client.send(new sdk.GetBucketVersioningCommand({ Bucket: bucket }), options)).then(
      ({ Status }) => Status === 'Enabled' || Status === 'Suspended',
      (error: unknown) => {
        if (isDenied(error) || isUnsupported(error)) return false;
        this.versioned = undefined;
        throw explainS3Error(error, request, connection);
      },
    );
    return this.versioned;
  }

  private settings(): ObjectSettings {
    const { storageClass, sse, kmsKeyId, lockDays, lockMode = 'governance' } = this.keeping;
    return {
      ...(storageClass !== undefined && { StorageClass: storageClass as NonNullable<ObjectSettings['StorageClass']> }),
      ...(sse !== undefined && { ServerSideEncryption: sse }),
      ...(kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }),
      ...(lockDays !== undefined && { ObjectLockMode: lockMode === 'compliance' ? 'COMPLIANCE' : 'GOVERNANCE', ObjectLockRetainUntilDate: new Date(Date.now() + lockDays * DAY_MS) }),
    };
  }

  private inBucket(key: string): string {
    if (key.split('/').some((part) => part === '.' || part === '..')) throw new StoreError(`"${key}" is not a key: it has \`..\` or \`.\` in it.`);
    return this.prefix ? `${this.prefix}/${key}` : key;
  }

  private outside(key: string): string {
    return this.prefix ? key.slice(this.prefix.length + 1) : key;
  }
}
