/* Made from schema.json by `pnpm sync`. */

/**
 * Lists backups, or restores one: checks every hash as it reads, overwrites nothing without the database's name, and compares what is there with what was dumped.
 */
export interface RestoreDbOptions {
  /**
   * Where backups are: s3://bucket/prefix, file:folder in the workspace, or file:///folder. Example: s3://acme-backups/web.
   */
  from?: string;
  /**
   * List the backups, and restore none.
   */
  list?: boolean;
  /**
   * Name of the database that was backed up. Needed when there are backups of several. Example: web.
   */
  database?: string;
  /**
   * Which one: latest, or its id from --list. Example: 20261124T021700Z-1f2e3d4c.
   */
  backup?: string;
  /**
   * Where to: env:NAME for the environment variable that holds the URL, or a URL without a password. A database that is not there is made. Example: env:DATABASE_URL.
   */
  targetUrl?: string;
  /**
   * Go to the target through a tunnel of ssh's: user@host, or user@host:port. Example: ubuntu@203.0.113.5.
   */
  ssh?: string;
  /**
   * Parts that are restored, and indexes that are built, at the same time. Example: 4.
   */
  jobs?: number;
  /**
   * Replace a database that is not empty. It is kept under another name.
   */
  clean?: boolean;
  /**
   * The name of the database that is replaced, so that nobody has to be asked for it. Example: web.
   */
  yesOverwrite?: string;
  /**
   * Only the rows of these tables, as name or schema.name, with their keys; all definitions are made, without further indexes and foreign keys. Example: posts,shop.users.
   */
  tables?: string[];
  /**
   * All definitions, and no rows.
   */
  schemaOnly?: boolean;
  /**
   * Make the roles that the server does not have.
   */
  roles?: boolean;
  /**
   * Restore who owns what and who may do what. The roles must be there.
   */
  owners?: boolean;
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
   * The list, or the result, as JSON.
   */
  json?: boolean;
  /**
   * Show the stack of an error.
   */
  verbose?: boolean;
}
