import { mkdir, open, readdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { StoreError } from './object-store';

const FOLDER_MODE = 0o700;
const SYSTEM_ERRORS: Record<string, string> = {
  ENOSPC: 'the disk is full. Make room, or name another folder',
  EDQUOT: 'the quota of the disk is used up. Make room, or name another folder',
  EACCES: 'access denied. Give this user the right to write there, or name another folder',
  EPERM: 'the file system does not allow it. Give this user the right to write there, or name another folder',
  EROFS: 'the file system is read-only. Name another folder',
  EIO: 'the disk reports an error. Name a folder on another disk',
  ENAMETOOLONG: 'its name is too long for the file system. Name a folder with a shorter path',
  ENOTDIR: 'a part of the path is a file. Name another folder',
  EMFILE: 'this process has too many files open. Raise the limit (ulimit -n)',
};
/** What Windows does not take in a name. */
const NOT_ON_WINDOWS = /[<>:"|?*\p{Cc}]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu;

/** The file of a key. Throws a {@link StoreError} for a key that would lead out of the root, through a symbolic link too. */
export async function pathOfKey(root: string, key: string): Promise<string> {
  for (const part of key.split('/')) {
    if (part === '' || part === '.' || part === '..' || part.includes('\\') || part.includes('\0')) throw new StoreError(`"${key}" is not a key: its parts are names, without \`..\`, \`.\`, or a backslash.`);
    if (process.platform === 'win32' && NOT_ON_WINDOWS.test(part)) throw new StoreError(`"${key}" cannot be a file on Windows: name another store, or rename the database.`);
  }
  const path = join(root, ...key.split('/'));
  await refuseLinks(root, dirname(path));
  return path;
}

/** A link in the folder that leads elsewhere would let a key reach files that are no backups. */
async function refuseLinks(root: string, folder: string): Promise<void> {
  const top = await realpath(root).catch(() => undefined);
  // A root that is not there yet has no links in it.
  if (top === undefined) return;
  const real = await realOf(folder);
  if (real === undefined) return;
  if (real !== top && relative(top, real).split(sep)[0] === '..') throw new StoreError(`${folder} is a symbolic link that leads out of ${root}: replace it by the folder itself.`);
}

/** Where a path leads; for one that is not there, what there is of it. */
async function realOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw new StoreError(`${path} could not be looked at (${code}). Give this user the right to read it.`);
    return path === dirname(path) ? undefined : realOf(dirname(path));
  }
}

/** Makes the folders up to a path. A root that is new or empty gets a `.gitignore`, so that no backup is committed. */
export async function makeFolders(root: string, folder: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: FOLDER_MODE });
  if ((await readdir(root)).length === 0) {
    await writeFile(join(root, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
}

/** Makes names last: a file's name is in its folder, and that of a new folder in the one above. */
export async function syncFolders(root: string, folder: string): Promise<void> {
  for (let path = folder; ; path = dirname(path)) {
    await syncFolder(path);
    if (path === root || path === dirname(path)) break;
  }
  await syncFolder(dirname(root));
}

async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Windows and some network file systems cannot sync a folder; above the root it may not be ours to open.
    if (!['EPERM', 'EISDIR', 'EINVAL', 'EACCES', 'EBADF', 'ENOTSUP', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** One sentence for an error of the file system; every other error as it is. */
export function explainFileError(error: unknown, root: string, failed: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof StoreError || code === undefined || syscall === undefined) return error;
  return new StoreError(`${failed} in ${root}: ${SYSTEM_ERRORS[code] ?? `the file system answered ${code}`}.`);
}
