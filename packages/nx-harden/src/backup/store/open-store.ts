import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileStore } from './file-store';
import { StoreError, type ObjectStore } from './object-store';
import { loadS3Sdk } from './s3-connection';
import { S3Store, type S3Keeping } from './s3-store';

/** How a store is reached and what is set on its objects; what an URL says itself goes before it. */
export interface StoreOptions extends S3Keeping {
  /** Folder that relative paths start from. */
  workspaceRoot: string;
  region?: string | undefined;
  /** URL of an S3 server other than AWS. */
  endpoint?: string | undefined;
  /** The bucket in the path of requests in place of the host name; by default for servers other than AWS. */
  pathStyle?: boolean | undefined;
  /** How long 5xx answers and lost connections are borne, in milliseconds; 90 seconds by default. */
  patienceMs?: number | undefined;
  /** How long a connection may move no byte, in milliseconds; 30 seconds by default. */
  stallMs?: number | undefined;
}

const FORMS = 'Give s3://bucket/prefix?region=…&endpoint=…, file:folder (in the workspace), or file:///folder.';
const IN_URL = ['region', 'endpoint', 'pathStyle'];

/** Opens the store at an URL. Throws a {@link StoreError} for an URL that is none of a store, or has credentials in it. */
export async function openStore(url: string, options: StoreOptions): Promise<ObjectStore> {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(url) ?? [];
  if (scheme === undefined) throw new StoreError(`A store is named by an URL. ${FORMS}`);
  if (scheme.toLowerCase() === 'file') return new FileStore(folderOfUrl(url, options.workspaceRoot), url);
  // The URL itself is not in the text: a password may be.
  if (scheme.toLowerCase() !== 's3') throw new StoreError(`Backups cannot be kept at ${scheme}: addresses. ${FORMS}`);
  return openBucket(url, options);
}

async function openBucket(url: string, options: StoreOptions): Promise<ObjectStore> {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address?.username || address?.password || address?.host.includes('@')) throw new StoreError('The URL of the store has credentials in it, which end up in logs: take them out, replace them where they were used, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.');
  if (!address?.host) throw new StoreError(`The URL of the store names no bucket. ${FORMS}`);
  for (const name of address.searchParams.keys()) {
    if (!IN_URL.includes(name)) throw new StoreError(`The URL of the store has a parameter ${JSON.stringify(name)}, which is none of ${IN_URL.join(', ')}. Credentials belong into the environment, all else into options.`);
  }
  const endpoint = address.searchParams.get('endpoint') ?? options.endpoint;
  checkEndpoint(endpoint);
  checkKeeping(options);
  const inUrl = address.searchParams.get('pathStyle');
  const { patienceMs, stallMs } = options;
  const region = address.searchParams.get('region') ?? options.region;
  const pathStyle = inUrl === null ? options.pathStyle : inUrl !== 'false';
  const prefix = decodeURIComponent(address.pathname).split('/').filter(Boolean).join('/');
  if (prefix.split('/').some((part) => part === '.' || part === '..')) throw new StoreError(`The prefix in ${address.protocol}//${address.host}/… has \`..\` or \`.\` in it: name it plainly.`);
  return new S3Store(await loadS3Sdk(), { bucket: address.host, region, endpoint, pathStyle, patienceMs, stallMs }, prefix, options);
}

function checkEndpoint(endpoint: string | undefined): void {
  if (endpoint === undefined) return;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.username || url?.password) throw new StoreError('The endpoint has credentials in it, which end up in logs: take them out, replace them where they were used, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.');
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw new StoreError('The endpoint is to be an URL with http:// or https://, such as https://s3.eu-central-003.backblazeb2.com.');
}

function checkKeeping({ sse, kmsKeyId, lockDays }: S3Keeping): void {
  if (kmsKeyId !== undefined && sse !== 'aws:kms') throw new StoreError('A KMS key is used with sse aws:kms only: set --sse=aws:kms, or leave --kmsKeyId out.');
  if (lockDays !== undefined && !(Number.isInteger(lockDays) && lockDays > 0)) throw new StoreError('lockDays is a whole number of days from 1 on.');
}

/** `file:x` is in the workspace, `file:/x` and `file:///x` are not. */
function folderOfUrl(url: string, workspaceRoot: string): string {
  const rest = url.slice('file:'.length);
  if (!rest || rest === '//') throw new StoreError(`The URL of the store names no folder. ${FORMS}`);
  if (!rest.startsWith('//')) return resolve(workspaceRoot, rest);
  try {
    return fileURLToPath(url);
  } catch {
    throw new StoreError(`The URL of the store names another host, or no path. ${FORMS}`);
  }
}
