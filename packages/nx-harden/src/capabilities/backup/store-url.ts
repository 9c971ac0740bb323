import { posix } from 'node:path';

/** A bucket, as the policies and the workflows name it. */
export interface Bucket {
  kind: 'bucket';
  name: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  prefix: string;
  region?: string;
  /** URL of an S3 server that is not AWS's: it has no roles, so a key is kept. */
  endpoint?: string;
}

/** A folder on the machine that runs the target. */
export interface Folder {
  kind: 'folder';
  /** Relative to the workspace where it lies in it. */
  pathInWorkspace?: string;
}

/** What the option `to` names. Throws one error for what is no store, or has credentials in it. */
export function parseStoreUrl(to: string): Bucket | Folder {
  const forms = 'Give s3://bucket/prefix, file:folder (in the workspace), or file:///folder.';
  if (/^file:(?!\/\/$)./.test(to)) {
    const path = posix.normalize(to.slice('file:'.length)).replace(/\/+$/, '');
    const isInside = !to.startsWith('file:/') && path !== '.' && !path.startsWith('..');
    return { kind: 'folder', ...(isInside && { pathInWorkspace: path }) };
  }
  const url = URL.canParse(to) ? new URL(to) : undefined;
  // The URL is not in the errors: a password may be in it.
  if (url?.protocol !== 's3:' || !url.hostname) throw new Error(`--to is no store for backups. ${forms}`);
  if (url.username || url.password) throw new Error('--to has credentials in it, and it is committed: take them out, and replace them where they were used.');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.hostname)) throw new Error(`--to: "${url.hostname}" is no name of a bucket. ${forms}`);
  const prefix = decodeURIComponent(url.pathname).split('/').filter(Boolean).join('/');
  if (!/^[\w!.()/-]*$/.test(prefix)) throw new Error(`--to: the prefix "${prefix}" has a character that policies and shells read. Use letters, digits, "-", "_", "." and "/".`);
  const region = url.searchParams.get('region');
  const endpoint = url.searchParams.get('endpoint');
  return { kind: 'bucket', name: url.hostname, prefix, ...(region && { region }), ...(endpoint && { endpoint }) };
}
