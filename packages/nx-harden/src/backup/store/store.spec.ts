import { CreateBucketCommand, DeleteObjectCommand, HeadObjectCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startFaultyProxy, type FaultPlan, type FaultyProxy } from '../../testing/faulty-proxy';
import { hasMoto, startS3Server, type S3Server } from '../../testing/s3-servers';
import { AlreadyThere, NotThere, StoreError, type ObjectStore } from './object-store';
import { openStore, type StoreOptions } from './open-store';

const MB = 1024 * 1024;
const root = mkdtempSync(join(tmpdir(), 'nx-harden-store-'));

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

function useEnvironmentOf(server: S3Server): void {
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
}

/** In chunks of odd sizes, as compression makes them. */
async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0, size = 1; at < bytes.length; at += size, size = ((size * 7) % 300_007) + 1_000) yield bytes.subarray(at, at + size);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  return (await all(store.list(prefix))).map(({ key }) => key);
}

const kinds = ['folder', 's3rver', ...(hasMoto() ? ['moto'] : [])] as const;

describe.each(kinds)('a store in %s', (kind) => {
  let server: S3Server | undefined;
  let store: ObjectStore;

  beforeAll(async () => {
    if (kind !== 'folder') {
      server = await startS3Server(kind as 's3rver' | 'moto', root);
      useEnvironmentOf(server);
    }
    const url = server ? `s3://${server.bucket}/some/prefix?endpoint=${encodeURIComponent(server.endpoint)}` : 'file:.backups';
    store = await openStore(url, { workspaceRoot: root, patienceMs: 5_000 });
  }, 60_000);
  afterAll(async () => {
    await store?.close();
    await server?.stop();
  });

  it.each([0, 1, 5 * MB, 5 * MB + 1, 10 * MB, 20 * MB, 75 * MB])('gives back the %i bytes that it was given', async (size) => {
    const bytes = randomBytes(size);
    const key = `bytes/${size}/a%20b.dump.zst`;
    expect(await store.put(key, chunksOf(bytes))).toEqual({ size });
    expect((await buffer(await store.read(key))).equals(bytes)).toBe(true);
    const [found] = await all(store.list(`bytes/${size}/`));
    expect(found).toMatchObject({ key, size });
    expect(Math.abs(Date.now() - (found?.modified.getTime() ?? 0))).toBeLessThan(60_000);
  });

  it('writes over an object by put', async () => {
    await store.put('over/a', chunksOf(randomBytes(3 * MB)));
    await store.put('over/a', chunksOf(Buffer.from('new')));
    expect((await buffer(await store.read('over/a'))).toString()).toBe('new');
  });

  it.each([100, 10 * MB, 30 * MB])('keeps nothing of a body that fails after %i bytes', async (size) => {
    const failure = new Error('pg_dump was killed');
    const key = `failing/${size}`;
    const body = async function* () {
      yield* chunksOf(randomBytes(size));
      throw failure;
    };
    await expect(store.put(key, body())).rejects.toBe(failure);
    await expect(store.read(key)).rejects.toThrow(NotThere);
    expect(await keysOf(store, 'failing/')).toEqual([]);
    expect(await all(store.unfinished(''))).toEqual([]);
  });

  it.each([0, 20 * MB])('keeps nothing of a body that is given up while it waits for more after %i bytes', async (size) => {
    const given = new AbortController();
    const body = async function* () {
      yield* chunksOf(randomBytes(size));
      setTimeout(() => given.abort(new Error('Ctrl-C')), 50);
      await sleep(60_000, undefined, { ref: false });
    };
    await expect(store.put('given-up/a', body(), { signal: given.signal })).rejects.toThrow('Ctrl-C');
    expect(await keysOf(store, 'given-up/')).toEqual([]);
    expect(await all(store.unfinished(''))).toEqual([]);
    await expect(store.put('given-up/b', chunksOf(randomBytes(10)), { signal: given.signal })).rejects.toThrow('Ctrl-C');
    await expect(store.putIfAbsent('given-up/c', randomBytes(10), { signal: given.signal })).rejects.toThrow('Ctrl-C');
    expect(await keysOf(store, 'given-up/')).toEqual([]);
  });

  it('writes by putIfAbsent once, also when the bytes are the same', async () => {
    await store.putIfAbsent('once/manifest.json', Buffer.from('first'));
    await expect(store.putIfAbsent('once/manifest.json', Buffer.from('second'))).rejects.toThrow(AlreadyThere);
    await expect(store.putIfAbsent('once/manifest.json', Buffer.from('first'))).rejects.toThrow(AlreadyThere);
    expect((await buffer(await store.read('once/manifest.json'))).toString()).toBe('first');
    expect(await keysOf(store, 'once/')).toEqual(['once/manifest.json']);
  });

  // s3rver knows neither a conditional put nor a list of uploads.
  const isFull = kind !== 's3rver';
  if (isFull) it('gives one of several putIfAbsent at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => store.putIfAbsent('race/manifest.json', Buffer.from(String(index)))));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect((await buffer(await store.read('race/manifest.json'))).toString()).toBe(String(winner));
  });

  it('lists and deletes more objects than a page has, in the order of their keys', async () => {
    const keys = Array.from({ length: 1_050 }, (_, index) => `many/db-${index % 3}/${String(index).padStart(4, '0')}.x`);
    const work = [...keys];
    await Promise.all(Array.from({ length: 8 }, async () => {
      for (let key = work.pop(); key; key = work.pop()) await store.putIfAbsent(key, Buffer.from(key));
    }));
    // s3rver pages in the order of its folders, and loses keys that come elsewhere in the order of keys.
    const beside = kind === 's3rver' ? 'many/z' : 'many/db';
    await store.putIfAbsent(beside, Buffer.from('a file beside the folders'));
    expect(await keysOf(store, 'many/')).toEqual([beside, ...keys].sort());
    expect(await keysOf(store, 'many/db-1/00')).toEqual(keys.filter((key) => key.startsWith('many/db-1/00')));
    expect(await all(store.folders('many/'))).toEqual(['db-0', 'db-1', 'db-2']);
    expect(await all(store.folders('nowhere/'))).toEqual([]);
    expect(await store.delete(keys)).toEqual(keys.map((key) => ({ key })));
    expect(await keysOf(store, 'many/')).toEqual([beside]);
    expect(await all(store.folders('many/'))).toEqual([]);
    expect(await store.delete(['many/never-was'])).toEqual([{ key: 'many/never-was' }]);
  }, 120_000);

  it('says that an object is not there', async () => {
    await expect(store.read('no/such')).rejects.toThrow(NotThere);
    await expect(store.read('no/such')).rejects.toThrow(/no\/such is not there\.$/);
    expect(await keysOf(store, 'no/')).toEqual([]);
  });

  it('refuses keys that lead elsewhere', async () => {
    await expect(store.read('../../etc/passwd')).rejects.toThrow(StoreError);
    await expect(store.put('a/../../b', chunksOf(Buffer.from('x')))).rejects.toThrow(StoreError);
    await expect(store.delete(['../x'])).rejects.toThrow(StoreError);
  });

  it('knows what time it is', async () => {
    expect(Math.abs(Date.now() - (await store.now()).getTime())).toBeLessThan(60_000);
  });

  // s3rver lists no uploads and aborts none.
  if (isFull) it('finds an upload that a killed process left, and abandons it', async () => {
    await leaveUnfinished('left/dump.zst');
    const [left, ...others] = await all(store.unfinished('left/'));
    expect(others).toEqual([]);
    expect(left).toMatchObject({ key: 'left/dump.zst' });
    // moto says of every upload that it was begun in 2010.
    if (kind !== 'moto') expect(Math.abs(Date.now() - (left?.begun.getTime() ?? 0))).toBeLessThan(60_000);
    expect(left?.begun.getTime()).not.toBeNaN();
    expect(await all(store.unfinished('elsewhere/'))).toEqual([]);
    expect(await keysOf(store, 'left/')).toEqual([]);
    if (left) await store.abandon(left);
    if (left) await store.abandon(left);
    expect(await all(store.unfinished(''))).toEqual([]);
  });

  async function leaveUnfinished(key: string): Promise<void> {
    if (!server) {
      mkdirSync(join(root, '.backups/left'), { recursive: true });
      writeFileSync(join(root, `.backups/${key}.0123456789ab.partial`), 'half');
      return;
    }
    const answer = await fetch(`${server.endpoint}/${server.bucket}/some/prefix/${key}?uploads`, { method: 'POST' });
    expect(answer.status).toBe(200);
  }
});

describe('a store in a folder', () => {
  const open = (options: Partial<StoreOptions> = {}, url = 'file:private/backups') => openStore(url, { workspaceRoot: root, ...options });

  it('is for its owner only, and no commit takes it along', async () => {
    const store = await open();
    await store.put('db/a', chunksOf(Buffer.from('x')));
    expect(statSync(join(root, 'private/backups')).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, 'private/backups/db')).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, 'private/backups/db/a')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(root, 'private/backups/.gitignore'), 'utf-8')).toBe('*\n');
    expect(await keysOf(store, '')).toEqual(['db/a']);
    await store.delete(['db/a']);
    expect(readdirSync(join(root, 'private/backups'))).toEqual(['.gitignore']);
  });

  it('leaves a folder that is somebody else\'s as it is', async () => {
    mkdirSync(join(root, 'others'));
    writeFileSync(join(root, 'others/notes.txt'), 'mine');
    await (await open({}, `file://${root}/others`)).put('db/a', chunksOf(Buffer.from('x')));
    expect(readdirSync(join(root, 'others')).sort()).toEqual(['db', 'notes.txt']);
  });

  it('follows no link out of it', async () => {
    mkdirSync(join(root, 'linked/store'), { recursive: true });
    mkdirSync(join(root, 'linked/outside'));
    writeFileSync(join(root, 'linked/outside/secret'), 'secret');
    symlinkSync(join(root, 'linked/outside'), join(root, 'linked/store/db'));
    symlinkSync(join(root, 'linked/outside/secret'), join(root, 'linked/store/one'));
    const store = await open({}, 'file:linked/store');
    await expect(store.read('db/secret')).rejects.toThrow(/symbolic link/);
    await expect(store.put('db/new/deep', chunksOf(Buffer.from('x')))).rejects.toThrow(/symbolic link/);
    await expect(store.delete(['db/secret'])).rejects.toThrow(/symbolic link/);
    await expect(store.read('one')).rejects.toThrow(NotThere);
    expect(await keysOf(store, '')).toEqual([]);
    expect(readdirSync(join(root, 'linked/outside'))).toEqual(['secret']);
  });

  it('names the folder when it cannot write there', async () => {
    writeFileSync(join(root, 'a-file'), '');
    await expect((await open({}, 'file:a-file/store')).put('db/a', chunksOf(Buffer.from('x')))).rejects.toThrow(`a-file/store`);
  });
});

describe('openStore', () => {
  const open = (url: string, options: Partial<StoreOptions> = {}) => openStore(url, { workspaceRoot: root, ...options });

  it.each([
    ['backups', /named by an URL/],
    ['https://user:hunter2@example.com/b', /kept at https:/],
    ['s3://user:hunter2@bucket/p', /credentials in it/],
    ['s3://bucket/p?secretAccessKey=hunter2', /"secretAccessKey"/],
    ['s3://bucket/p?endpoint=http://me:hunter2@localhost', /credentials in it/],
    ['s3://bucket/p?endpoint=localhost', /http:\/\//],
    ['s3:///p', /names no bucket/],
    ['file:', /names no folder/],
  ])('refuses %s without repeating a password', async (url, message) => {
    const failure = await open(url).catch((error: unknown) => error as Error);
    expect(failure).toBeInstanceOf(StoreError);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).not.toContain('hunter2');
  });

  it('refuses settings that do not go together', async () => {
    await expect(open('s3://b', { kmsKeyId: 'k' })).rejects.toThrow(/aws:kms/);
    await expect(open('s3://b', { lockDays: 0.5 })).rejects.toThrow(/lockDays/);
  });

  it('shows where it is', async () => {
    expect((await open('s3://Bucket.x/a//b/?region=eu-west-1')).url).toBe('s3://Bucket.x/a/b');
    expect((await open('file:.backups')).url).toBe('file:.backups');
  });

  it('names the package when the SDK is not installed', () => {
    const bare = mkdtempSync(join(root, 'bare-'));
    for (const name of ['object-store', 's3-connection', 's3-errors']) {
      const { outputText } = transpileModule(readFileSync(join(__dirname, `${name}.ts`), 'utf-8'), { compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 } });
      writeFileSync(join(bare, `${name}.js`), outputText);
    }
    const script = "require('./s3-connection').loadS3Sdk().catch((error) => process.stdout.write(error.message))";
    expect(execFileSync(process.execPath, ['-e', script], { cwd: bare, encoding: 'utf-8', env: { ...process.env, NODE_PATH: '' } })).toMatch(/^Backups in S3 need .*: pnpm add -Dw @aws-sdk\/client-s3 /);
  });
});

describe('a refusal of S3', () => {
  it.each<[string, number, string, Record<string, string>, RegExp]>([
    ['another region', 301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-central-1' }, /^The bucket b is in another region, eu-central-1: set --region=eu-central-1\.$/],
    ['a right that is missing', 403, 'AccessDenied', {}, /^s3:\/\/b\/p\/a could not be written: access denied\. The credentials need s3:PutObject on arn:aws:s3:::b\/p\/a\.$/],
    ['a clock that is wrong', 403, 'RequestTimeTooSkewed', {}, /clock differs from that of http.* by more than 15 minutes\. Set the clock\.$/],
    ['credentials that ended', 400, 'ExpiredToken', {}, /^The credentials for S3 have expired/],
    ['a key that is unknown', 403, 'InvalidAccessKeyId', {}, /^S3 does not know this access key/],
    ['a secret that is wrong', 403, 'SignatureDoesNotMatch', {}, /^S3 refuses the signature/],
    ['something else', 400, 'InvalidStorageClass', {}, /^s3:\/\/b\/p\/a could not be written: http.* answered 400 InvalidStorageClass: Words of the server http:\/\/h\/x$/],
  ])('is told in a sentence: %s', async (_, status, code, headers, sentence) => {
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => response.writeHead(status, { ...headers, 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code><Message>Words of the server http://h/x?X-Amz-Signature=abc</Message></Error>`));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'hunter2');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const store = await openStore('s3://b/p', { workspaceRoot: root, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, patienceMs: 500 });
    const failure = await store.put('a', chunksOf(Buffer.from('x'))).catch((error: unknown) => error as Error);
    await store.close();
    server.close();
    expect(failure).toBeInstanceOf(StoreError);
    expect((failure as Error).message).toMatch(sentence);
    expect((failure as Error).message).not.toMatch(/hunter2|AKIAEXAMPLE|Signature=/);
  });
});

describe.each(kinds.filter((kind) => kind !== 'folder'))('a bad connection to %s', (kind) => {
  let server: S3Server;
  let proxy: FaultyProxy;
  let store: ObjectStore;
  const bytes = randomBytes(20 * MB);
  const isPart = ({ url }: { url: string }) => /partNumber=/.test(url);
  const isComplete = ({ method, url }: { method: string; url: string }) => method === 'POST' && /uploadId=/.test(url);
  const isBegin = ({ method, url }: { method: string; url: string }) => method === 'POST' && /[?&]uploads/.test(url);
  const isPut = ({ method }: { method: string }) => method === 'PUT';

  beforeAll(async () => {
    server = await startS3Server(kind as 's3rver' | 'moto', root);
    useEnvironmentOf(server);
    proxy = await startFaultyProxy(server.endpoint);
    store = await openStore(`s3://${server.bucket}`, { workspaceRoot: root, endpoint: proxy.url, patienceMs: 20_000, stallMs: 1_500 });
  }, 60_000);
  afterAll(async () => {
    await store?.close();
    await proxy?.stop();
    await server?.stop();
  });

  it.each<[string, FaultPlan[]]>([
    ['503 for the first 8 requests', [{ fault: { mode: 'storm', status: 503 }, times: 8 }]],
    ['500 for parts', [{ fault: { mode: 'storm', status: 500 }, times: 9, when: isPart }]],
    ['parts cut on their way', [{ fault: { mode: 'cut', afterBytes: 3 * MB }, times: 5, when: isPart }]],
    ['connections cut at once', [{ fault: { mode: 'cut' }, times: 5 }]],
    ['parts that are swallowed', [{ fault: { mode: 'blackhole' }, times: 2, when: isPart }]],
    ['a slow line', [{ fault: { mode: 'slow', bytesPerSecond: 8 * MB }, when: isPart }]],
    ['a lost answer to the beginning', [{ fault: { mode: 'lost-answer' }, times: 1, when: isBegin }]],
    ['a lost answer to the completion', [{ fault: { mode: 'lost-answer' }, times: 1, when: isComplete }]],
    ['an error in the answer 200 to the completion', [{ fault: { mode: 'error-in-200' }, times: 1, when: isComplete }]],
  ])('is survived by put: %s', async (name, plans) => {
    proxy.plans = plans;
    const key = `put/${encodeURIComponent(name)}`;
    expect(await store.put(key, chunksOf(bytes))).toEqual({ size: bytes.length });
    expect(proxy.seen.some(({ befell }) => befell === plans[0]?.fault.mode)).toBe(true);
    proxy.plans = [];
    expect((await buffer(await store.read(key))).equals(bytes)).toBe(true);
    expect(await all(store.unfinished(''))).toEqual([]);
  }, 60_000);

  it.each<[string, FaultPlan[]]>([
    ['a lost answer', [{ fault: { mode: 'lost-answer' }, times: 1, when: isPut }]],
    ['503', [{ fault: { mode: 'storm', status: 503 }, times: 5, when: isPut }]],
  ])('is survived by putIfAbsent: %s', async (name, plans) => {
    proxy.plans = plans;
    const key = `absent/${encodeURIComponent(name)}`;
    await store.putIfAbsent(key, Buffer.from('ours'));
    await expect(store.putIfAbsent(key, Buffer.from('ours'))).rejects.toThrow(AlreadyThere);
  }, 60_000);

  it('is survived by read: answers that break off', async () => {
    proxy.plans = [];
    await store.put('read/a', chunksOf(bytes));
    proxy.plans = [{ fault: { mode: 'cut-answer', afterBytes: 5 * MB }, times: 3, when: ({ method }) => method === 'GET' }];
    expect((await buffer(await store.read('read/a'))).equals(bytes)).toBe(true);
  }, 60_000);

  it('outlasts a reader that pauses for longer than a connection may stand still', async () => {
    proxy.plans = [];
    const before = proxy.seen.length;
    const stream = await store.read('read/a');
    const parts: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (parts.length === 3) await sleep(5_000);
      parts.push(chunk);
    }
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    expect(proxy.seen.slice(before).map(({ headers }) => headers.range?.startsWith('bytes='))).toEqual([undefined, true]);
  }, 60_000);

  it('ends a put in one sentence when it does not end, and leaves nothing', async () => {
    const impatient = await openStore(`s3://${server.bucket}`, { workspaceRoot: root, endpoint: proxy.url, patienceMs: 1_000, stallMs: 1_000 });
    proxy.plans = [{ fault: { mode: 'storm', status: 503 }, when: isPart }];
    await expect(impatient.put('failed/a', chunksOf(bytes))).rejects.toThrow(/^s3:\/\/backups\/failed\/a could not be written: .* answered 503 again and again\. Try again later\.$/);
    proxy.plans = [];
    expect(await all(store.unfinished(''))).toEqual([]);
    expect(await keysOf(store, 'failed/')).toEqual([]);
    await impatient.close();
  }, 60_000);

  it('ends a put by a signal while nothing answers', async () => {
    proxy.plans = [{ fault: { mode: 'blackhole' }, when: isPart }];
    const began = performance.now();
    await expect(store.put('stuck/a', chunksOf(bytes), { signal: AbortSignal.timeout(300) })).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(5_000);
    proxy.plans = [];
    expect(await all(store.unfinished(''))).toEqual([]);
  }, 60_000);

  it('keeps to one connection for a missing bucket, an endpoint that is not there, and no credentials', async () => {
    proxy.plans = [];
    const missing = await openStore('s3://no-such-bucket', { workspaceRoot: root, endpoint: server.endpoint });
    await expect(missing.put('a', chunksOf(Buffer.from('x')))).rejects.toThrow(/^The bucket no-such-bucket does not exist at http:.*: make it, or correct its name\.$/);
    await expect(all(missing.list(''))).rejects.toThrow(/does not exist/);
    const nobody = await openStore('s3://b', { workspaceRoot: root, endpoint: 'http://127.0.0.1:1' });
    await expect(nobody.put('a', chunksOf(Buffer.from('x')))).rejects.toThrow(/cannot be reached \(ECONNREFUSED\)/);
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    const anonymous = await openStore('s3://b', { workspaceRoot: root, endpoint: server.endpoint });
    await expect(anonymous.put('a', chunksOf(Buffer.from('x')))).rejects.toThrow(/^There are no credentials for S3/);
    useEnvironmentOf(server);
  });
});

// s3rver has neither versions nor locks.
describe.runIf(hasMoto())('a bucket with versions', () => {
  let server: S3Server;
  let client: S3Client;
  const bucket = 'locked';
  const open = (options: Partial<StoreOptions> = {}) => openStore(`s3://${bucket}/p`, { workspaceRoot: root, endpoint: server.endpoint, ...options });
  const versions = async () => {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    return [...Versions, ...DeleteMarkers].map(({ Key }) => Key).sort();
  };

  beforeAll(async () => {
    server = await startS3Server('moto', root);
    useEnvironmentOf(server);
    client = new S3Client({ endpoint: server.endpoint, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
  }, 60_000);
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
  });

  it('is emptied of all versions and delete markers of the keys, and of no others', async () => {
    const store = await open();
    for (const text of ['one', 'two', 'three']) await store.put('db/1/a', chunksOf(Buffer.from(text)));
    await store.put('db/1/ab', chunksOf(randomBytes(9 * MB)));
    await store.put('db/1/b', chunksOf(Buffer.from('stays')));
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'p/db/1/ab' }));
    expect(await versions()).toHaveLength(6);
    expect(await store.delete(['db/1/a', 'db/1/ab', 'db/2/never'])).toEqual([{ key: 'db/1/a' }, { key: 'db/1/ab' }, { key: 'db/2/never' }]);
    expect(await versions()).toEqual(['p/db/1/b']);
    await store.delete(['db/1/b']);
    expect(await versions()).toEqual([]);
  });

  it('deletes more versions than a request takes', async () => {
    const store = await open();
    const keys = Array.from({ length: 520 }, (_, index) => `v/${index}`);
    for (const round of [1, 2]) await Promise.all([0, 1, 2, 3].map(async (lane) => {
      for (const key of keys.filter((_, index) => index % 4 === lane)) await client.send(new PutObjectCommand({ Bucket: bucket, Key: `p/${key}`, Body: String(round) }));
    }));
    const deletions = await store.delete(keys);
    expect(deletions.filter(({ kept }) => kept)).toEqual([]);
    expect(await versions()).toEqual([]);
  }, 120_000);

  it.each(['governance', 'compliance'] as const)('keeps what is locked (%s), and says until when', async (lockMode) => {
    const store = await open({ lockDays: 7, lockMode });
    await store.put(`locked/${lockMode}`, chunksOf(Buffer.from('x')));
    await store.putIfAbsent(`locked/${lockMode}.json`, Buffer.from('{}'));
    const keys = [`locked/${lockMode}`, `locked/${lockMode}.json`];
    const deletions = await store.delete([...keys, 'locked/never']);
    const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    for (const key of keys) expect(deletions.find((one) => one.key === key)?.kept).toMatch(new RegExp(`^it is locked until ${day}T.* \\(Object Lock, ${lockMode}\\)$`));
    expect(deletions).toContainEqual({ key: 'locked/never' });
    expect((await keysOf(store, `locked/${lockMode}`)).sort()).toEqual(keys.sort());
  });

  it('sends a checksum with each part, and asks for the lock of large objects too', async () => {
    const proxy = await startFaultyProxy(server.endpoint);
    const store = await open({ lockDays: 7, endpoint: proxy.url });
    await store.put('large/a', chunksOf(randomBytes(20 * MB)));
    const begin = proxy.seen.find(({ method, url }) => method === 'POST' && /[?&]uploads/.test(url));
    // moto takes the lock of small objects only, so what is sent has to do.
    expect(begin?.headers).toMatchObject({ 'x-amz-object-lock-mode': 'GOVERNANCE', 'x-amz-object-lock-retain-until-date': expect.stringMatching(/^20/) });
    const parts = proxy.seen.filter(({ url }) => /partNumber=/.test(url));
    expect(parts.map(({ headers }) => [headers['content-length'], typeof headers['x-amz-checksum-crc32']]).sort()).toEqual(Array(4).fill([String(5 * MB), 'string']));
    await store.close();
    await proxy.stop();
  });

  it('does not bring a locked object back that somebody deleted', async () => {
    const store = await open({ lockDays: 1 });
    await store.put('marked/a', chunksOf(Buffer.from('x')));
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'p/marked/a' }));
    expect((await store.delete(['marked/a']))[0]?.kept).toMatch(/locked until/);
    expect(await keysOf(store, 'marked/')).toEqual([]);
  });

  it('sets encryption and storage class on small and large objects', async () => {
    const store = await open({ sse: 'aws:kms', kmsKeyId: 'alias/backups', storageClass: 'STANDARD_IA' });
    await store.put('kept/small', chunksOf(Buffer.from('x')));
    await store.put('kept/large', chunksOf(randomBytes(9 * MB)));
    await store.putIfAbsent('kept/manifest.json', Buffer.from('{}'));
    for (const key of ['small', 'large', 'manifest.json']) {
      expect(await client.send(new HeadObjectCommand({ Bucket: bucket, Key: `p/kept/${key}` }))).toMatchObject({ ServerSideEncryption: 'aws:kms', StorageClass: 'STANDARD_IA' });
    }
  });
});
