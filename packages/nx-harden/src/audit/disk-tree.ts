import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadTree } from '../capability';

/** A workspace on disk, to look at. Unlike Nx's own tree it can be made without a generator, and cannot write. */
export function openDisk(root: string): ReadTree {
  const at = (path: string): string => join(root, path);
  function read(path: string): Buffer | null;
  function read(path: string, encoding: BufferEncoding): string | null;
  function read(path: string, encoding?: BufferEncoding): Buffer | string | null {
    return isFile(path) ? readFileSync(at(path), encoding) : null;
  }
  const isFile = (path: string): boolean => statSync(at(path), { throwIfNoEntry: false })?.isFile() ?? false;
  return {
    root,
    read,
    isFile,
    exists: (path) => existsSync(at(path)),
    children: (path) => (statSync(at(path), { throwIfNoEntry: false })?.isDirectory() ? readdirSync(at(path)) : []),
  };
}
