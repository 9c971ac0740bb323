import { randomBytes } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { link, lstat, open, readdir, readFile, rename, rmdir, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream';
import { BodyReader } from './body-reader';
import { explainFileError, makeFolders, pathOfKey, syncFolders } from './file-folders';
import { AlreadyThere, NotThere, StoreError, type Deletion, type ObjectStore, type PutOptions, type StoredObject, type UnfinishedUpload } from './object-store';

const PARTIAL = /\.[0-9a-f]{12}\.partial$/;
const FILE_MODE = 0o600;
/** File systems without hard links, such as those of USB sticks. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'];

/** A folder. Objects are files that only their owner reads; one that is being written is named `*.partial`. */
export class FileStore implements ObjectStore {
  readonly url: string;

  /** `url` is what people know the folder by. */
  constructor(
    private readonly root: string,
    url: string,
  ) {
    this.url = url.replace(/(?<=.)\/+$/, '');
  }

  async put(key: string, body: AsyncIterable<Uint8Array>, { signal }: PutOptions = {}): Promise<{ size: number }> {
    let size = 0;
    const reader = new BodyReader(body, signal ?? new AbortController().signal);
    try {
      await this.write(key, async (file) => {
        const next = () => reader.chunk().catch((error: unknown) => Promise.reject(new BodyFailure(error)));
        for (let chunk = await next(); chunk; chunk = await next()) {
          await writeAll(file, chunk);
          size += chunk.byteLength;
        }
      }, async (partial, target) => {
        signal?.throwIfAborted();
        await rename(partial, target);
      });
    } finally {
      reader.release();
    }
    return { size };
  }

  async putIfAbsent(key: string, body: Uint8Array, { signal }: PutOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    await this.write(key, (file) => writeAll(file, body), async (partial, target) => {
      signal?.throwIfAborted();
      try {
        await linkOrMove(partial, target);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        throw new AlreadyThere(`${this.url}/${key} is already there: it is not written over.`);
      }
    });
  }

  async read(key: string, { signal }: { signal?: AbortSignal } = {}): Promise<Readable> {
    signal?.throwIfAborted();
    const path = await pathOfKey(this.root, key);
    try {
      // O_NOFOLLOW is not there on Windows.
      const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      if (!(await file.stat()).isFile()) {
        await file.close();
        throw new NotThere(`${this.url}/${key} is not there.`);
      }
      const stream = createReadStream('', { fd: file, highWaterMark: 256 * 1024, ...(signal && { signal }) });
      // Whoever reads gets the error; a stream that is given up before that must not end the process.
      finished(stream, () => undefined);
      return stream;
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw new NotThere(`${this.url}/${key} is not there.`);
      throw explainFileError(error, this.root, `${this.url}/${key} could not be read`);
    }
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    for await (const path of this.files(prefix)) {
      if (PARTIAL.test(path)) continue;
      const facts = await lstat(join(this.root, path)).catch(ifGone);
      if (facts?.isFile()) yield { key: path, size: facts.size, modified: facts.mtime };
    }
  }

  async *folders(prefix: string): AsyncIterable<string> {
    const entries = await this.entries(prefix.replace(/\/$/, ''));
    for (const entry of entries) if (entry.isDirectory()) yield entry.name;
  }

  async delete(keys: readonly string[]): Promise<Deletion[]> {
    const deletions: Deletion[] = [];
    for (const key of keys) {
      const path = await pathOfKey(this.root, key);
      try {
        await unlink(path).catch(ifGone);
        await this.removeEmptied(dirname(path));
        deletions.push({ key });
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (!['EACCES', 'EPERM', 'EBUSY', 'EROFS'].includes(code ?? '')) throw explainFileError(error, this.root, `${this.url}/${key} could not be deleted`);
        deletions.push({ key, kept: `the file system does not allow it (${code})` });
      }
    }
    return deletions;
  }

  async *unfinished(prefix: string): AsyncIterable<UnfinishedUpload> {
    for await (const path of this.files(prefix)) {
      if (!PARTIAL.test(path)) continue;
      const facts = await lstat(join(this.root, path)).catch(ifGone);
      if (facts?.isFile()) yield { key: path.replace(PARTIAL, ''), begun: facts.birthtimeMs > 0 ? facts.birthtime : facts.mtime, id: path };
    }
  }

  async abandon({ id }: UnfinishedUpload): Promise<void> {
    if (!PARTIAL.test(id)) throw new StoreError(`${this.url}/${id} is no unfinished upload: it is not deleted as one.`);
    const path = await pathOfKey(this.root, id);
    try {
      await unlink(path).catch(ifGone);
      await this.removeEmptied(dirname(path));
    } catch (error) {
      throw explainFileError(error, this.root, `${this.url}/${id} could not be deleted`);
    }
  }

  async now(): Promise<Date> {
    return new Date();
  }

  async close(): Promise<void> {
    return undefined;
  }

  /** Writes beside the target, to the disk, and puts it in place at the end: whole or not at all, after a power cut too. */
  private async write(key: string, fill: (file: FileHandle) => Promise<void>, place: (partial: string, target: string) => Promise<void>): Promise<void> {
    const target = await pathOfKey(this.root, key);
    if (PARTIAL.test(key)) throw new StoreError(`"${key}" is not a key: names of that form are those of files that are being written.`);
    const partial = `${target}.${randomBytes(6).toString('hex')}.partial`;
    let file: FileHandle | undefined;
    try {
      file = await openNew(this.root, partial);
      await fill(file);
      await file.sync();
      await file.close();
      file = undefined;
      await place(partial, target);
      await unlink(partial).catch(ifGone);
      await syncFolders(this.root, dirname(target));
    } catch (error) {
      await file?.close().catch(() => undefined);
      await unlink(partial).catch(() => undefined);
      await this.removeEmptied(dirname(target)).catch(() => undefined);
      throw error instanceof BodyFailure ? error.reason : explainFileError(error, this.root, `${this.url}/${key} could not be written`);
    }
  }

  /** Paths of all files below a prefix, with `/`, in the order of keys. */
  private async *files(prefix: string): AsyncIterable<string> {
    const walk = async function* (this: FileStore, folder: string): AsyncIterable<string> {
      for (const entry of await this.entries(folder)) {
        const path = folder ? `${folder}/${entry.name}` : entry.name;
        if (entry.isDirectory() ? !(`${path}/`.startsWith(prefix) || prefix.startsWith(`${path}/`)) : !path.startsWith(prefix)) continue;
        if (entry.isDirectory()) yield* walk.call(this, path);
        else if (entry.isFile() && path !== '.gitignore') yield path;
      }
    };
    yield* walk.call(this, prefix.slice(0, Math.max(0, prefix.lastIndexOf('/'))));
  }

  /** What is in a folder, in the order in which keys are: a folder counts with the `/` that follows it. */
  private async entries(folder: string) {
    const path = folder ? await pathOfKey(this.root, folder) : this.root;
    try {
      const entries = await readdir(path, { withFileTypes: true });
      const named = entries.map((entry) => ({ entry, order: Buffer.from(entry.isDirectory() ? `${entry.name}/` : entry.name) }));
      return named.sort((a, b) => Buffer.compare(a.order, b.order)).map(({ entry }) => entry);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw explainFileError(error, this.root, `${this.url} could not be listed`);
    }
  }

  private async removeEmptied(folder: string): Promise<void> {
    for (let path = folder; path !== this.root && !relative(this.root, path).startsWith(`..${sep}`); path = dirname(path)) {
      try {
        await rmdir(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        // Something is in it: it is not ours to remove.
        return;
      }
    }
  }
}

/** What the body threw: an error of another file, or program, is not one of this folder. */
class BodyFailure extends Error {
  constructor(readonly reason: unknown) {
    super('The body failed.');
  }
}

/** Somebody who deletes the last file of a folder takes the folder along: it is made again then. */
async function openNew(root: string, path: string): Promise<FileHandle> {
  for (let tries = 1; ; tries++) {
    await makeFolders(root, dirname(path));
    try {
      return await open(path, 'wx', FILE_MODE);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries >= 5) throw error;
    }
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) at += (await file.write(bytes, at, bytes.byteLength - at)).bytesWritten;
}

/** Fails with EEXIST when there is one. */
async function linkOrMove(partial: string, target: string): Promise<void> {
  try {
    await link(partial, target);
  } catch (error) {
    if (!NO_LINKS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    // The empty file is the claim: of two at once, one gets it.
    await (await open(target, 'wx', FILE_MODE)).close();
    try {
      await rename(partial, target);
    } catch (failure) {
      if ((await readFile(target)).byteLength === 0) await unlink(target);
      throw failure;
    }
  }
}

function ifGone(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && (error as NodeJS.ErrnoException).code !== 'ENOTDIR') throw error;
  return undefined;
}
