/* Made from schema.json by `pnpm sync`. */

/**
 * A health check at /api/health, and uptime.json, which says what Better Stack watches from outside: addresses, certificates, and jobs that have to run.
 */
export interface UptimeOptions {
  /**
   * The Next app, by its name or the last part of it (default: the only one).
   */
  project?: string;
  /**
   * Where the app is in production, without a path of its own but a basePath's (default: none, and nothing can be watched until uptime.json says so). Example: https://example.com.
   */
  url?: string;
}
