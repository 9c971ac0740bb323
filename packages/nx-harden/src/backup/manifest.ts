import { createHash } from 'node:crypto';

/** Raised when an older version could not read what a newer one writes. */
export const MANIFEST_FORMAT = 1;
export const MANIFEST = 'manifest.json';

export type Compression = 'zstd' | 'gzip' | 'none';

/** One object of a backup. Hashes are SHA-256 in hexadecimal. */
export interface BackupObject {
  /** Relative to the backup's folder: `schema.dump.zst`. */
  name: string;
  /**
   * `dump` holds all of a database; `schema` and `data` are its shards; `globals` holds the roles, and `properties` what
   * is set on the database itself.
   */
  role: 'dump' | 'schema' | 'data' | 'globals' | 'properties';
  /** Bytes as stored. */
  size: number;
  sha256: string;
  /** Bytes before compression and encryption. */
  plainSize: number;
  plainSha256: string;
}

export interface BackedUpTable {
  schema: string;
  name: string;
  /** Bytes on the server's disk, without indexes. */
  bytes: number;
  /** The planner's estimate at the time; -1 for a table that was never analyzed. */
  estimatedRows: number;
  /** Counted in the snapshot, for tables that are small enough. */
  rows?: number;
  /** Hash of the first and the last rows by primary key, in the snapshot. */
  sample?: string;
  /** The tables that it is a partition of, as `schema.name`. */
  partitionOf?: string[];
  /** The object that holds its rows. */
  object: string;
}

/** What a backup says of itself. It is written last: a backup without one does not exist. */
export interface Manifest {
  format: number;
  id: string;
  database: string;
  /** Of the snapshot, by the server's clock; ISO 8601. */
  snapshotAt: string;
  durationMs: number;
  server: { version: string; major: number; encoding: string; collate: string; ctype: string; localeProvider: string; locale: string | null };
  client: { program: 'pg_dump'; version: string };
  /** Version of the plugin. */
  tool: string;
  dump: 'custom' | 'plain';
  compression: Compression;
  /** Public keys that it is encrypted to; empty when it is not. */
  recipients: string[];
  /** Bytes on the server, with indexes. */
  databaseSize: number;
  /** Position in the server's write-ahead log when the snapshot was taken; null where the role may not see it. */
  lsn: string | null;
  extensions: string[];
  objects: BackupObject[];
  tables: BackedUpTable[];
  /** Tables whose rows are not in it, as `schema.name`: unlogged ones of a standby. */
  withoutRows?: string[];
  /** What read the whole dump as it passed; null when that was switched off. */
  verifiedBy: 'pg_restore' | 'end-marker' | null;
}

/** A backup whose manifest cannot be trusted. */
export class ManifestError extends Error {}

/** As text, with a hash of itself: a bit that flips in it is noticed too. */
export function printManifest(manifest: Manifest): string {
  const sha256 = createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
  return JSON.stringify({ ...manifest, sha256 }, null, 2) + '\n';
}

/** Reads a manifest; `where` is for the error. Throws {@link ManifestError} for one that was changed, or is of another version or backup. */
export function parseManifest(text: string, { database, id }: Pick<Manifest, 'database' | 'id'>, where: string): Manifest {
  let value: Partial<Manifest> & { sha256?: string };
  try {
    value = JSON.parse(text);
  } catch {
    throw new ManifestError(`${where} is damaged: it is not JSON. This backup cannot be trusted; use another one.`);
  }
  if (value === null || typeof value !== 'object') throw new ManifestError(`${where} is damaged: it is not a manifest.`);
  const manifest = { ...value };
  delete manifest.sha256;
  if (typeof manifest.format === 'number' && manifest.format > MANIFEST_FORMAT) {
    throw new ManifestError(`${where} has format ${manifest.format}, and this version of nx-harden reads up to ${MANIFEST_FORMAT}: update @chronos/nx-harden.`);
  }
  if (printManifest(manifest as Manifest) !== text) throw new ManifestError(`${where} is damaged: its hash is not that of its content. This backup cannot be trusted; use another one.`);
  if (manifest.id !== id || manifest.database !== database) throw new ManifestError(`${where} is the manifest of another backup, ${manifest.id} of ${manifest.database}. This backup cannot be trusted; use another one.`);
  const isWhole = Array.isArray(manifest.objects) && Array.isArray(manifest.tables) && Array.isArray(manifest.recipients) && manifest.server && manifest.client && manifest.objects.every(({ name }) => /^[\w.-]+$/.test(name) && !name.startsWith('.'));
  if (!isWhole || Number.isNaN(Date.parse(manifest.snapshotAt ?? ''))) throw new ManifestError(`${where} is damaged: parts of it are missing. This backup cannot be trusted; use another one.`);
  return manifest as Manifest;
}
