import type { Readable } from 'node:stream';

/** What is known of a stored object without reading it. */
export interface StoredObject {
  key: string;
  /** Bytes. */
  size: number;
  /** When it was written, by the store's clock. */
  modified: Date;
}

/** An upload that was begun and neither finished nor given up. */
export interface UnfinishedUpload {
  key: string;
  begun: Date;
  /** What the store knows it by. */
  id: string;
}

export interface PutOptions {
  /** Gives the upload up: nothing of it stays. */
  signal?: AbortSignal;
  /** Upper bound of the size in bytes, from which the size of a part follows. */
  atMost?: number;
  /** Parts that are on their way at the same time, where the store has parts. Each takes its size in memory. */
  partsInFlight?: number;
}

/** What became of a deletion. */
export interface Deletion {
  key: string;
  /** Why it is still there: a lock, or a right that is missing. */
  kept?: string;
}

/**
 * A place for backups: a bucket, or a folder. Keys are relative to the store's own prefix, with `/` between parts.
 * All methods throw a {@link StoreError}, which names the place and says what to do.
 */
export interface ObjectStore {
  /** For people: where it is, without credentials. */
  readonly url: string;
  /** Writes an object as it streams by, whole or not at all. Takes the place of one that is there. */
  put(key: string, body: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<{ size: number }>;
  /** Writes a small object, and throws {@link AlreadyThere} when there is one. */
  putIfAbsent(key: string, body: Uint8Array, options?: PutOptions): Promise<void>;
  /** Throws {@link NotThere} when there is none. */
  read(key: string, options?: { signal?: AbortSignal }): Promise<Readable>;
  /** All objects whose key begins with the prefix, page by page, in the order of their keys. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** The folders directly below a prefix (which ends in `/` or is empty), without the `/` at their end. */
  folders(prefix: string): AsyncIterable<string>;
  /** Deletes objects with all their versions; what a lock or a missing right keeps is told, not thrown. */
  delete(keys: readonly string[]): Promise<Deletion[]>;
  unfinished(prefix: string): AsyncIterable<UnfinishedUpload>;
  abandon(upload: UnfinishedUpload): Promise<void>;
  /** What the store's clock says. */
  now(): Promise<Date>;
  close(): Promise<void>;
}

/** One sentence that says what failed, where, and what to do. */
export class StoreError extends Error {}

export class AlreadyThere extends StoreError {}

export class NotThere extends StoreError {}
