/* Made from schema.json by `pnpm sync`. */

/**
 * Puts several protections into a Next app at once: the recommended set, or those that you choose.
 */
export interface HardenOptions {
  /**
   * The Next app, by its name or the last part of it (default: the only one).
   */
  project?: string;
  /**
   * The protections to put in (default: the recommended set, and those that are on).
   */
  only?: (
    | 'headers'
    | 'rate-limit'
    | 'sentry'
    | 'analytics'
    | 'uptime'
    | 'vitest'
    | 'playwright'
    | 'pre-commit'
    | 'backup'
    | 'ci'
  )[];
  /**
   * Protections to leave out (default: none).
   */
  skip?: (
    | 'headers'
    | 'rate-limit'
    | 'sentry'
    | 'analytics'
    | 'uptime'
    | 'vitest'
    | 'playwright'
    | 'pre-commit'
    | 'backup'
    | 'ci'
  )[];
}
