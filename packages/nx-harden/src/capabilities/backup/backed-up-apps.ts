import type { NextApp } from '../../next-app';
import type { BackupOptions } from './schema';
import { parseStoreUrl, type Bucket } from './store-url';

/** An app that has backups on, with its options. */
export interface BackupApp {
  app: NextApp;
  options: BackupOptions;
}

/** One that is backed up into a bucket, and so by a workflow. */
export interface BucketApp extends BackupApp {
  bucket: Bucket;
  /**
   * Environment on GitHub that holds its secrets and roles. It has the app's name also where there is one app alone:
   * the role in AWS trusts this name, and a second app must not change it.
   */
  environment: string;
  /** What tells its jobs from those of the others; empty where there are none. */
  suffix: string;
}

/** The apps whose backups a runner can make: what it writes to a folder is gone with it. */
export function appsWithBucket(apps: readonly BackupApp[]): BucketApp[] {
  const found = apps.flatMap((one) => {
    const bucket = parseStoreUrl(one.options.to ?? '');
    return bucket.kind === 'bucket' ? [{ ...one, bucket }] : [];
  });
  return found.map((one) => {
    const slug = slugOf(one.app, apps);
    return { ...one, environment: `backup-${slug}`, suffix: found.length > 1 ? `-${slug}` : '' };
  });
}

function slugOf({ name, shortName }: NextApp, apps: readonly BackupApp[]): string {
  const slug = (text: string): string => text.replace(/[^\w-]+/g, '-').replace(/^-/, '');
  const isTaken = apps.some(({ app }) => app.name !== name && slug(app.shortName) === slug(shortName));
  return slug(isTaken ? name : shortName);
}
