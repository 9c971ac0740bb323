/* Made from schema.json by `pnpm sync`. */

/**
 * Takes one protection, or all, out of a Next app again. What you edited by hand is kept.
 */
export interface RemoveOptions {
  /**
   * The protection to take out.
   */
  id?:
    | 'headers'
    | 'rate-limit'
    | 'sentry'
    | 'analytics'
    | 'uptime'
    | 'vitest'
    | 'playwright'
    | 'pre-commit'
    | 'backup'
    | 'ci';
  /**
   * The Next app, by its name or the last part of it (default: the only one).
   */
  project?: string;
  /**
   * Take all of them out, and the app out of the audit (default: false).
   */
  all?: boolean;
}
