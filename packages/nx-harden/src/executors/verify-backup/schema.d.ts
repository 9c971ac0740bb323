/* Made from schema.json by `pnpm sync`. */

/**
 * Restores the newest backup into a scratch database, compares it with what was dumped, measures RTO and RPO, and drops it again.
 */
export interface VerifyBackupOptions {
  /**
   * Where backups are: s3://bucket/prefix, file:folder in the workspace, or file:///folder. Example: s3://acme-backups/web.
   */
  from?: string;
  /**
   * Name of the database that was backed up. Needed when there are backups of several. Example: web.
   */
  database?: string;
  /**
   * Which one: latest, or its id. Example: 20261124T021700Z-1f2e3d4c.
   */
  backup?: string;
  /**
   * A server where a scratch database may be made: env:NAME, or a URL without a password. Without it, one is started from what is on this machine. Example: env:DRILL_SERVER_URL.
   */
  serverUrl?: string;
  /**
   * Parts that are restored at the same time. Example: 4.
   */
  jobs?: number;
  /**
   * A query whose first value has to be true, or a number other than 0. Example: SELECT count(*) > 0 FROM users.
   */
  checkQuery?: string;
  /**
   * Fail when the newest backup is older. Example: 26.
   */
  maxAgeHours?: number;
  /**
   * Where the result goes as JSON (default: test-output/restore-drill.json in the app). Example: drill.json.
   */
  outputFile?: string;
  /**
   * File with age's secret key. Without it, the environment variable BACKUP_AGE_IDENTITY. Example: key.txt.
   */
  identityFile?: string;
  /**
   * AWS region of the bucket. Example: eu-central-1.
   */
  region?: string;
  /**
   * Another S3 than AWS's. Example: https://acme.r2.cloudflarestorage.com.
   */
  endpoint?: string;
  /**
   * Folder of pg_restore. Example: /usr/lib/postgresql/17/bin.
   */
  pgDumpPath?: string;
  /**
   * Name of the environment variable that holds the URL of a heartbeat for the drill.
   */
  heartbeat?: string;
  /**
   * Show the stack of an error.
   */
  verbose?: boolean;
}
