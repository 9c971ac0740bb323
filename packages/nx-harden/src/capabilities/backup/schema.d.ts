/* Made from schema.json by `pnpm sync`. */

/**
 * Targets that back a PostgreSQL database up, restore it and try the restore; for a bucket also the workflows that do it daily and weekly, and the IAM policies.
 */
export interface BackupOptions {
  /**
   * The Next app, by its name or the last part of it (default: the only one).
   */
  project?: string;
  /**
   * Where backups go: s3://bucket/prefix (with ?endpoint= and ?region= for other than AWS), file:folder in the workspace, or file:///folder (default: file:.backups).
   */
  to?: string;
  /**
   * AWS region of the bucket (default: the one in the URL, else the repository's variable AWS_REGION).
   */
  region?: string;
  /**
   * Name of the environment variable, and of the secret in Actions, that holds the database's URL (default: the first that is set of DIRECT_URL, DATABASE_URL and their like; DATABASE_URL in Actions).
   */
  connection?: string;
  /**
   * Name or ARN of a secret in AWS Secrets Manager that holds the URL, instead of a variable (default: none).
   */
  secretId?: string;
  /**
   * Keep all backups of the last so many days (default: 30).
   */
  keepDays?: number;
  /**
   * Keep at least so many verified ones, however old (default: 3).
   */
  keepMinimum?: number;
  /**
   * Also keep the newest of each of so many days (default: none).
   */
  keepDaily?: number;
  /**
   * Also keep the newest of each of so many weeks (default: none).
   */
  keepWeekly?: number;
  /**
   * Also keep the newest of each of so many months (default: none).
   */
  keepMonthly?: number;
  /**
   * Also keep the newest of each of so many years (default: none).
   */
  keepYearly?: number;
  /**
   * Who deletes old backups: the job after a success, which counts only verified ones, or the bucket's lifecycle rules by age alone, with a job that cannot delete (default: prune).
   */
  deletes?: 'prune' | 'lifecycle';
  /**
   * Public keys of age that can read the backups (age1…); the secret ones are nowhere near (default: none).
   */
  encryptTo?: string[];
  /**
   * Parts that are dumped at the same time, from one snapshot (default: 2).
   */
  jobs?: number;
  /**
   * When the backup runs, as cron in UTC (default: 17 2 * * *, daily, and not on the hour, when GitHub is busiest).
   */
  schedule?: string;
  /**
   * When a restore is tried, as cron in UTC (default: 43 5 * * 1, on Mondays).
   */
  drillSchedule?: string;
  /**
   * A query of the app's own that the restored database has to answer with true, or a number other than 0 (default: none).
   */
  checkQuery?: string;
  /**
   * Major version of the server: its programs are installed in Actions, and the drill runs on it (default: 17).
   */
  postgresMajor?: number;
  /**
   * Container image that the drill restores into; it needs the extensions of the database (default: postgres:<postgresMajor>).
   */
  drillImage?: string;
  /**
   * Also write a configuration of pgBackRest for the same bucket, for a database that has outgrown dumps (default: false).
   */
  pgbackrest?: boolean;
}
