import type { BackupOptions } from './schema';
import { parseStoreUrl } from './store-url';

const COUNTS = ['keepDays', 'keepMinimum', 'keepDaily', 'keepWeekly', 'keepMonthly', 'keepYearly', 'jobs', 'postgresMajor'] as const;
const NOT_BY_AGE = ['keepDaily', 'keepWeekly', 'keepMonthly', 'keepYearly'] as const;

/** Throws one error for the first option that cannot be meant, before anything is written. */
export function assertOptions(options: BackupOptions): void {
  const store = parseStoreUrl(options.to ?? '');
  for (const name of COUNTS) {
    const value = options[name];
    if (value !== undefined && (!Number.isInteger(value) || value < 1)) throw new Error(`--${name} is ${value}; it is a whole number from 1 on.`);
  }
  for (const name of ['schedule', 'drillSchedule'] as const) {
    const value = options[name] ?? '';
    if (!/^[\d*,/-]+( [\dA-Z*,/-]+){4}$/.test(value)) throw new Error(`--${name} is "${value}"; it is cron's five fields, in UTC, such as "17 2 * * *".`);
  }
  const wrongKey = options.encryptTo?.find((key) => !/^age1[0-9a-z]{20,}$/.test(key));
  // It may be the secret one.
  if (wrongKey !== undefined) throw new Error('--encryptTo has an entry that is no public key of age, age1…. The secret key (AGE-SECRET-KEY-…) belongs into no file of the repository.');
  if (options.connection && !/^[A-Z_][A-Z0-9_]*$/i.test(options.connection)) throw new Error('--connection is the name of an environment variable, such as DATABASE_URL, and not the URL itself.');
  if (options.region && !/^[a-z0-9-]+$/.test(options.region)) throw new Error(`--region is "${options.region}"; write it like eu-central-1.`);
  if (options.secretId && !/^[\w/+=.@:-]+$/.test(options.secretId)) throw new Error('--secretId is the name or the ARN of a secret in AWS Secrets Manager, such as prod/web/database.');
  if (options.drillImage && !/^[\w./:@-]+$/.test(options.drillImage)) throw new Error(`--drillImage is "${options.drillImage}"; it is the name of a container image, such as pgvector/pgvector:pg17.`);
  const kept = NOT_BY_AGE.find((name) => options[name] !== undefined);
  if (options.deletes === 'lifecycle' && kept) throw new Error(`--${kept} cannot be had with --deletes=lifecycle: a bucket's rules know nothing but age. Use --deletes=prune.`);
  if (options.deletes === 'lifecycle' && store.kind === 'folder') throw new Error('--deletes=lifecycle is a rule of a bucket, and --to names a folder. Use --deletes=prune.');
  if (options.pgbackrest && store.kind === 'folder') throw new Error('--pgbackrest writes a configuration for a bucket, and --to names a folder: add --to=s3://bucket/prefix.');
  if (options.pgbackrest && store.kind === 'bucket' && !store.prefix) throw new Error('--pgbackrest needs a prefix in --to: dumps in the whole bucket, and the rules that delete them, would take its files for theirs. Write --to=s3://bucket/prefix.');
}
