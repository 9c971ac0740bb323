import type { BucketApp } from './backed-up-apps';

/** Placeholders that only the account and the repository can fill; the README beside the files has the commands. */
export const ACCOUNT = 'ACCOUNT_ID';
export const SUBJECT = 'repo:OWNER/REPO';

type Statement = Record<string, unknown>;

/** What the job that backs up may do: write, look at what is there, and delete only when it is the one that prunes. */
export function writerPolicy({ bucket: { name, prefix }, options: { deletes, secretId } }: BucketApp): string {
  const bucket = `arn:aws:s3:::${name}`;
  const isPruning = deletes !== 'lifecycle';
  return policy([
    { Sid: 'Write', Effect: 'Allow', Action: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], Resource: `${bucket}/${below(prefix)}` },
    // The dumps themselves it cannot read: who takes this role over gets no data.
    { Sid: 'ReadManifests', Effect: 'Allow', Action: 's3:GetObject', Resource: `${bucket}/${below(prefix)}/manifest.json` },
    list(bucket, prefix, ['s3:ListBucket', ...(isPruning ? ['s3:ListBucketVersions'] : [])]),
    // These two know no condition on the prefix.
    { Sid: 'LookAtBucket', Effect: 'Allow', Action: ['s3:ListBucketMultipartUploads', ...(isPruning ? ['s3:GetBucketVersioning'] : [])], Resource: bucket },
    ...(isPruning ? [{ Sid: 'Prune', Effect: 'Allow', Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'], Resource: `${bucket}/${below(prefix)}` }] : []),
    ...(secretId ? [{ Sid: 'ReadConnection', Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secretId.startsWith('arn:') ? secretId : `arn:aws:secretsmanager:*:${ACCOUNT}:secret:${secretId}-*` }] : []),
  ]);
}

/** What the drill, and a person who restores, may do: read, and record what a drill came to. */
export function readerPolicy({ bucket: { name, prefix } }: BucketApp): string {
  const bucket = `arn:aws:s3:::${name}`;
  return policy([
    { Sid: 'Read', Effect: 'Allow', Action: 's3:GetObject', Resource: `${bucket}/${below(prefix)}` },
    list(bucket, prefix, ['s3:ListBucket']),
    // What a drill came to, beside the backup that was tried; no backup can be written over by it.
    { Sid: 'RecordDrills', Effect: 'Allow', Action: 's3:PutObject', Resource: `${bucket}/${below(prefix)}/drill-*.json` },
  ]);
}

/** Who may take the roles on: jobs of this repository in the app's environment, and nobody else. */
export function trustPolicy({ environment }: BucketApp): string {
  const provider = 'token.actions.githubusercontent.com';
  return policy([
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${provider}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${provider}:aud`]: 'sts.amazonaws.com', [`${provider}:sub`]: `${SUBJECT}:environment:${environment}` } },
    },
  ]);
}

/** What the bucket deletes by itself: what uploads left behind, and old versions; backups only where the job does not prune. */
export function lifecycleRules({ bucket: { prefix }, options: { deletes, keepDays = 30 }, environment }: BucketApp): string {
  const rule = (name: string, more: Statement): Statement => ({ ID: `${environment}-${name}`, Status: 'Enabled', Filter: { Prefix: prefix ? `${prefix}/` : '' }, ...more });
  return json({
    Rules: [
      rule('unfinished-uploads', { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }),
      // What was deleted or replaced by mistake can be got back for as long.
      rule('old-versions', { NoncurrentVersionExpiration: { NoncurrentDays: deletes === 'lifecycle' ? 7 : keepDays } }),
      ...(deletes === 'lifecycle' ? [rule('expiry', { Expiration: { Days: keepDays } })] : []),
      // S3 takes this one in no rule that has days.
      rule('delete-markers', { Expiration: { ExpiredObjectDeleteMarker: true } }),
    ],
  });
}

function below(prefix: string): string {
  return prefix ? `${prefix}/*` : '*';
}

function list(bucket: string, prefix: string, actions: string[]): Statement {
  return { Sid: 'List', Effect: 'Allow', Action: actions, Resource: bucket, ...(prefix && { Condition: { StringLike: { 's3:prefix': below(prefix) } } }) };
}

function policy(statements: Statement[]): string {
  return json({ Version: '2012-10-17', Statement: statements });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
