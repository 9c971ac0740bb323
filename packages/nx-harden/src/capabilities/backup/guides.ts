import type { BackupApp, BucketApp } from './backed-up-apps';
import { renderFile } from './parts';
import { ACCOUNT, SUBJECT } from './policies';
import { regionOf } from './workflow';

/** The runbook of an app that is backed up into a folder. */
export function renderFolderGuide({ app, options }: BackupApp): string {
  return renderFile('README-folder.md', { app: app.shortName || app.name, project: app.name, to: options.to });
}

/** The runbook of an app that is backed up into a bucket: what to set up once, and what to do when data is lost. */
export function renderBucketGuide(one: BucketApp): string {
  const { app, options, bucket, environment } = one;
  return renderFile('README-bucket.md', {
    app: app.shortName || app.name,
    project: app.name,
    bucket: bucket.name,
    prefix: bucket.prefix,
    region: regionOf(one),
    endpoint: bucket.endpoint,
    environment,
    isPruning: options.deletes !== 'lifecycle',
    keepDays: options.keepDays,
    connection: options.connection || 'DATABASE_URL',
    secretId: options.secretId,
    isEncrypted: (options.encryptTo?.length ?? 0) > 0,
    hasPgbackrest: options.pgbackrest,
    account: ACCOUNT,
    subject: SUBJECT,
  });
}

/** A configuration of pgBackRest for the same bucket, beside the dumps and not among them: pruning must not meet it. */
export function renderPgbackrest(one: BucketApp): string {
  const { app, options, bucket } = one;
  const region = regionOf(one);
  const endpoint = bucket.endpoint === undefined ? undefined : new URL(bucket.endpoint);
  return renderFile('pgbackrest.conf', {
    stanza: (app.shortName || app.name).replace(/[^\w-]+/g, '-'),
    bucket: bucket.name,
    host: endpoint?.hostname ?? `s3.${region ?? 'us-east-1'}.amazonaws.com`,
    port: endpoint?.port,
    isAws: endpoint === undefined,
    region: region ?? 'us-east-1',
    path: `/pgbackrest/${bucket.prefix || (app.shortName || app.name).replace(/[^\w-]+/g, '-')}`,
    keepDays: options.keepDays,
    major: options.postgresMajor,
  });
}
