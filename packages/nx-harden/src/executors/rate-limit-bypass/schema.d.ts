/* Made from schema.json by `pnpm sync`. */

/**
 * Prints a header that lets requests past the rate limits until it expires, signed with RATE_LIMIT_BYPASS_SECRET.
 */
export interface RateLimitBypassOptions {
  /**
   * How long the pass is good for. Example: 60.
   */
  minutes?: number;
}
