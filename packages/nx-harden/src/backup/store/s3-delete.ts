import type { ObjectIdentifier } from '@aws-sdk/client-s3';
import type { Deletion } from './object-store';
import type { S3Connection } from './s3-connection';
import { isDenied, isUnsupported, type S3Request } from './s3-errors';

/** What one request deletes at most. */
const BATCH = 1_000;

/** An object as it is to be deleted: its current state, or one of its versions. */
interface Target {
  key: string;
  version?: string | undefined;
}

/** Deletes objects (keys as in the bucket) with all their versions. What is kept is told with its reason. */
export async function deleteObjects(connection: S3Connection, keys: readonly string[], isVersioned: boolean): Promise<Deletion[]> {
  const kept = new Map<string, string>();
  if (!isVersioned) {
    for (const [target, reason] of await deleteTargets(connection, keys.map((key) => ({ key })))) kept.set(target.key, await whyKept(connection, target, reason));
  } else {
    const { versions, markers } = await versionsOf(connection, keys);
    for (const [target, reason] of await deleteTargets(connection, versions)) kept.set(target.key, await whyKept(connection, target, reason));
    // A marker that goes while a version stays would bring the object back.
    const free = markers.filter(({ key }) => !kept.has(key));
    for (const [target, reason] of await deleteTargets(connection, free)) kept.set(target.key, reason);
  }
  return keys.map((key) => ({ key, ...(kept.has(key) && { kept: kept.get(key) as string }) }));
}

/** Deletes in batches; returns what was refused, with the reason. */
async function deleteTargets(connection: S3Connection, targets: readonly Target[]): Promise<[Target, string][]> {
  const refused: [Target, string][] = [];
  for (let start = 0; start < targets.length; start += BATCH) {
    const batch = targets.slice(start, start + BATCH);
    refused.push(...(await deleteBatch(connection, batch)));
  }
  return refused;
}

async function deleteBatch(connection: S3Connection, batch: readonly Target[]): Promise<[Target, string][]> {
  const { sdk, bucket } = connection;
  const Objects: ObjectIdentifier[] = batch.map(({ key, version }) => ({ Key: key, ...(version !== undefined && { VersionId: version }) }));
  const request = deleting(batch[0] as Target);
  try {
    const { Errors = [] } = await connection.askRaw(request, (client, options) => client.send(new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }), options));
    return Errors.filter(({ Code }) => Code !== 'NoSuchKey' && Code !== 'NoSuchVersion').map(({ Key, VersionId, Code, Message }) => {
      const target = batch.find((one) => one.key === Key && (one.version === undefined || one.version === VersionId)) ?? (batch.find((one) => one.key === Key) as Target);
      return [target, Code === 'AccessDenied' ? deniedFor(target) : `the store answered ${Code}: ${Message}`];
    });
  } catch (error) {
    // Some servers have no deletion by list, or ask for a header of old that the SDK sends no more.
    if (isUnsupported(error) || ['MissingContentMD5', 'InvalidRequest'].includes((error as Error).name)) return deleteOneByOne(connection, batch);
    if (isDenied(error)) return batch.map((target) => [target, deniedFor(target)]);
    return connection.ask(request, () => Promise.reject(error), undefined);
  }
}

async function deleteOneByOne(connection: S3Connection, batch: readonly Target[]): Promise<[Target, string][]> {
  const { sdk, bucket } = connection;
  const refused: [Target, string][] = [];
  for (const target of batch) {
    const input = { Bucket: bucket, Key: target.key, ...(target.version !== undefined && { VersionId: target.version }) };
    try {
      await connection.askRaw(deleting(target), (client, options) => client.send(new sdk.DeleteObjectCommand(input), options));
    } catch (error) {
      if (!isDenied(error)) return connection.ask(deleting(target), () => Promise.reject(error), undefined);
      refused.push([target, deniedFor(target)]);
    }
  }
  return refused;
}

/** All versions and delete markers of some keys, by one listing for each folder. */
async function versionsOf(connection: S3Connection, keys: readonly string[]): Promise<{ versions: Target[]; markers: Target[] }> {
  const { sdk, bucket } = connection;
  const versions: Target[] = [];
  const markers: Target[] = [];
  const wanted = new Set(keys);
  for (const Prefix of new Set(keys.map((key) => key.slice(0, key.lastIndexOf('/') + 1)))) {
    let from: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const page = await connection.ask({ doing: 'list its versions', right: 's3:ListBucketVersions' }, (client, options) => client.send(new sdk.ListObjectVersionsCommand({ Bucket: bucket, Prefix, Delimiter: '/', ...from }), options));
      for (const { Key, VersionId } of page.Versions ?? []) if (Key !== undefined && wanted.has(Key)) versions.push({ key: Key, version: VersionId });
      for (const { Key, VersionId } of page.DeleteMarkers ?? []) if (Key !== undefined && wanted.has(Key)) markers.push({ key: Key, version: VersionId });
      if (!page.IsTruncated || page.NextKeyMarker === undefined) break;
      from = { KeyMarker: page.NextKeyMarker, ...(page.NextVersionIdMarker !== undefined && { VersionIdMarker: page.NextVersionIdMarker }) };
    }
  }
  return { versions, markers };
}

/** A lock answers "access denied" like a right that is missing does: the object says which it is. */
async function whyKept(connection: S3Connection, { key, version }: Target, reason: string): Promise<string> {
  const { sdk, bucket } = connection;
  const input = { Bucket: bucket, Key: key, ...(version !== undefined && { VersionId: version }) };
  try {
    const head = await connection.askRaw({ doing: 'be looked at', key, right: 's3:GetObject' }, (client, options) => client.send(new sdk.HeadObjectCommand(input), options));
    if (head.ObjectLockLegalHoldStatus === 'ON') return 'a legal hold is on it';
    const until = head.ObjectLockRetainUntilDate;
    if (until && until.getTime() > Date.now()) return `it is locked until ${until.toISOString()} (Object Lock, ${String(head.ObjectLockMode).toLowerCase()})`;
  } catch {
    // Without the right to look, what the store said is all there is.
    return reason;
  }
  return reason;
}

function deniedFor({ version }: Target): string {
  return `access denied: the credentials lack ${version === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion'}, or a lock is on it`;
}

function deleting({ key, version }: Target): S3Request {
  return { doing: 'be deleted', key, right: version === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion' };
}
