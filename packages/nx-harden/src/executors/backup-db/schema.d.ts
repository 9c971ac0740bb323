/* Made from schema.json by `pnpm sync`. */

/**
 * Streams a PostgreSQL database into a folder or an S3 bucket: verified as it passes, compressed, with a manifest that is written last.
 */
export interface BackupDbOptions {
  /**
   * Where backups go: s3://bucket/prefix (with ?endpoint= and ?region= for other than AWS), file:folder in the workspace, or file:///folder. Example: s3://acme-backups/web.
   */
  to?: string;
  /**
   * Name of the environment variable that holds the database's URL. Without it, the first of DIRECT_URL, DATABASE_URL_UNPOOLED, POSTGRES_URL_NON_POOLING, DATABASE_URL, DATABASE_URI, POSTGRES_URL, else PGHOST and its like. Example: DIRECT_URL.
   */
  connection?: string;
  /**
   * Name or ARN of a secret in AWS Secrets Manager that holds the URL, or JSON with host, port, username, password and dbname; instead of an environment variable. Example: prod/web/database.
   */
  secretId?: string;
  /**
   * Go through a tunnel of ssh's: user@host, or user@host:port. Example: ubuntu@203.0.113.5.
   */
  ssh?: string;
  /**
   * Databases of the server, each into a backup of its own; "*" is all. Without it, the one that the URL names. Example: app,cms.
   */
  databases?: string[];
  /**
   * Parts that are dumped at the same time, from one snapshot, and can be restored so. 1 makes one single dump. Example: 4.
   */
  jobs?: number;
  /**
   * pg_dump's archive, or plain SQL (dump.sql.gz, which gunzip and psql read).
   */
  format?: 'custom' | 'plain';
  /**
   * auto is zstd where Node has it (22.15 and later), else gzip; gzip for the plain format.
   */
  compression?: 'auto' | 'zstd' | 'gzip' | 'none';
  /**
   * Level of the compression: 1 for zstd and 6 for gzip without it. Example: 3.
   */
  level?: number;
  /**
   * Public keys of age that can read it (age1…); the secret ones are nowhere near. Example: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p.
   */
  encryptTo?: string[];
  /**
   * Have pg_restore read the whole dump as it passes. A backup without counts for nothing in the retention.
   */
  verify?: 'stream' | 'none';
  /**
   * The server's roles, which a dump of a database does not have. Their password hashes need a superuser.
   */
  roles?: 'without-passwords' | 'with-passwords' | 'none';
  /**
   * Keep all backups of the last so many days. Without this and the next four, all are kept. Example: 30.
   */
  keepDays?: number;
  /**
   * Keep the newest of each of so many days. Example: 7.
   */
  keepDaily?: number;
  /**
   * Keep the newest of each of so many weeks. Example: 5.
   */
  keepWeekly?: number;
  /**
   * Keep the newest of each of so many months. Example: 12.
   */
  keepMonthly?: number;
  /**
   * Keep the newest of each of so many years. Example: 3.
   */
  keepYearly?: number;
  /**
   * Keep at least so many verified ones, however old. Example: 7.
   */
  keepMinimum?: number;
  /**
   * What to do about backups that are not to be kept, after a success: say which, delete them, or nothing.
   */
  prune?: 'plan' | 'apply' | 'off';
  /**
   * AWS region of the bucket. Without it, that of the SDK's configuration. Example: eu-central-1.
   */
  region?: string;
  /**
   * Another S3 than AWS's. Example: https://acme.r2.cloudflarestorage.com.
   */
  endpoint?: string;
  /**
   * Storage class of the objects. Example: STANDARD_IA.
   */
  storageClass?: string;
  /**
   * Encryption by S3. Without it, the bucket's own (AES256 unless changed).
   */
  sse?: 'AES256' | 'aws:kms';
  /**
   * KMS key for sse=aws:kms. Example: alias/backups.
   */
  kmsKeyId?: string;
  /**
   * Object Lock: nobody can delete the backup for so many days. The bucket must have it on. Example: 14.
   */
  lockDays?: number;
  /**
   * Whether somebody with a right of their own may lift the lock, or nobody.
   */
  lockMode?: 'governance' | 'compliance';
  /**
   * Folder of pg_dump and pg_restore. Without it, the one for the server's version is found. Example: /usr/lib/postgresql/17/bin.
   */
  pgDumpPath?: string;
  /**
   * Name of the environment variable that holds the URL of a heartbeat.
   */
  heartbeat?: string;
  /**
   * Also write the result as JSON there, in the workspace. Example: test-output/backup.json.
   */
  outputFile?: string;
  /**
   * Show the stack of an error.
   */
  verbose?: boolean;
}
