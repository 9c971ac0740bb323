/* Made from schema.json by `pnpm sync`. */

/**
 * Checks each protection of a Next app, in its repository alone: reads, changes nothing, needs no build.
 */
export interface AuditOptions {
  /**
   * How the result is printed (default: table).
   */
  format?: 'table' | 'json';
  /**
   * From which status on the exit code is 1; manual steps that are open count as fail (default: fail).
   */
  failOn?: 'fail' | 'warn' | 'none';
  /**
   * Check just these protections (default: all).
   */
  only?: string[];
  /**
   * Also look at what runs, such as the age of the newest backup. The target audit-live does, and is never taken from the cache (default: false).
   */
  live?: boolean;
  /**
   * Also write the result to this file, relative to the workspace; the JSON one, whatever is printed (default: none).
   */
  outputFile?: string;
}
