import { Readable } from 'node:stream';
import { newBackupId } from '../backup/backup-id';
import { MANIFEST, MANIFEST_FORMAT, printManifest, type Manifest } from '../backup/manifest';
import { AlreadyThere, NotThere, type Deletion, type ObjectStore, type StoredObject, type UnfinishedUpload } from '../backup/store/object-store';

const PAGE = 1_000;

/** A store in memory that answers like a bucket: in pages, with a clock of its own, with locks, and failing when told to. */
export class MemoryStore implements ObjectStore {
  readonly url = 's3://memory';
  readonly objects = new Map<string, { body: Buffer; modified: Date }>();
  readonly uploads: UnfinishedUpload[] = [];
  /** Keys that cannot be deleted, and why. */
  readonly locks = new Map<string, string>();
  /** Whatever was asked, as `delete a/b`. */
  readonly log: string[] = [];
  /** The store's clock; that of this machine unless it is set. */
  clock: Date | undefined;
  /** Called before each step; what it throws is what the store throws. */
  before: (step: string) => void | Promise<void> = () => undefined;
  /** How many reads there were at once, at most. */
  mostReads = 0;
  private reads = 0;

  /** For tests: puts an object there, written at some time. */
  add(key: string, body: string | Buffer, modified = this.clock ?? new Date()): void {
    this.objects.set(key, { body: Buffer.from(body), modified });
  }

  async put(key: string, body: AsyncIterable<Uint8Array>): Promise<{ size: number }> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    await this.step(`put ${key}`);
    this.add(key, Buffer.concat(chunks));
    return { size: Buffer.concat(chunks).byteLength };
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<void> {
    await this.step(`putIfAbsent ${key}`);
    if (this.objects.has(key)) throw new AlreadyThere(`${this.url}/${key} is already there: it is not written over.`);
    this.add(key, Buffer.from(body));
  }

  async read(key: string): Promise<Readable> {
    this.mostReads = Math.max(this.mostReads, ++this.reads);
    try {
      await this.step(`read ${key}`);
      const object = this.objects.get(key);
      if (!object) throw new NotThere(`${this.url}/${key} is not there.`);
      return Readable.from([object.body]);
    } finally {
      this.reads--;
    }
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    // Each page is of the moment in which it is asked for.
    for (let after = ''; ; ) {
      await this.step(`list ${prefix}`);
      const page = [...this.objects].filter(([key]) => key.startsWith(prefix) && key > after).sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, PAGE);
      for (const [key, { body, modified }] of page) yield { key, size: body.byteLength, modified };
      if (page.length < PAGE) return;
      after = page.at(-1)?.[0] ?? '';
    }
  }

  async *folders(prefix: string): AsyncIterable<string> {
    await this.step(`folders ${prefix}`);
    const names = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length).split('/'));
    yield* new Set(names.flatMap(([name, ...below]) => (name !== undefined && below.length > 0 ? [name] : [])));
  }

  async delete(keys: readonly string[]): Promise<Deletion[]> {
    const deletions: Deletion[] = [];
    for (const key of keys) {
      await this.step(`delete ${key}`);
      const kept = this.locks.get(key);
      if (kept === undefined) this.objects.delete(key);
      deletions.push({ key, ...(kept !== undefined && { kept }) });
    }
    return deletions;
  }

  async *unfinished(prefix: string): AsyncIterable<UnfinishedUpload> {
    await this.step(`unfinished ${prefix}`);
    yield* this.uploads.filter(({ key }) => key.startsWith(prefix));
  }

  async abandon(upload: UnfinishedUpload): Promise<void> {
    await this.step(`abandon ${upload.key}`);
    this.uploads.splice(this.uploads.findIndex(({ id }) => id === upload.id), 1);
  }

  async now(): Promise<Date> {
    await this.step('now');
    return this.clock ?? new Date();
  }

  async close(): Promise<void> {
    await this.step('close');
  }

  private async step(step: string): Promise<void> {
    this.log.push(step);
    // Others get their turn, as they do while a network answers.
    await Promise.resolve();
    await this.before(step);
  }
}

export interface BackupFixture {
  verified?: boolean;
  /** Bodies by name. */
  objects?: Record<string, string>;
  /** The time in its name; that of its snapshot unless given. */
  idAt?: Date;
}

/** Puts a whole backup there, with a real manifest; returns its id. */
export function addBackup(store: MemoryStore, database: string, at: Date, { verified = true, objects = { 'dump.dump.zst': 'bytes' }, idAt = at }: BackupFixture = {}): string {
  const id = newBackupId(idAt);
  const folder = `${encodeURIComponent(database)}/${id}/`;
  for (const [name, body] of Object.entries(objects)) store.add(`${folder}${name}`, body, at);
  const manifest: Manifest = {
    format: MANIFEST_FORMAT,
    id,
    database,
    snapshotAt: at.toISOString(),
    durationMs: 1,
    server: { version: '17.1', major: 17, encoding: 'UTF8', collate: 'C', ctype: 'C', localeProvider: 'libc', locale: null },
    client: { program: 'pg_dump', version: '17.1' },
    tool: '0.0.0',
    dump: 'custom',
    compression: 'zstd',
    recipients: [],
    databaseSize: 1,
    lsn: null,
    extensions: [],
    objects: Object.entries(objects).map(([name, body]) => ({ name, role: 'dump', size: Buffer.byteLength(body), sha256: '', plainSize: 1, plainSha256: '' })),
    tables: [],
    verifiedBy: verified ? 'pg_restore' : null,
  };
  store.add(`${folder}${MANIFEST}`, printManifest(manifest), at);
  return id;
}
