/* Made from schema.json by `pnpm sync`. */

/**
 * Limits how often one client may call: sign-in strictly, the API as you say, pages generously; in proxy.ts or middleware.ts, around your own, with Upstash's Redis.
 */
export interface RateLimitOptions {
  /**
   * The Next app, by its name or the last part of it (default: the only one).
   */
  project?: string;
  /**
   * Refuse who is over the limit, or only count, send the headers and say what would have been refused (default: enforce). Example: report.
   */
  mode?: 'enforce' | 'report';
  /**
   * Proxies of yours in front of the app that add to X-Forwarded-For; so many entries are believed, from the right. On Vercel it does not matter (default: 0). Example: 1.
   */
  trustedProxies?: number;
  /**
   * Calls of one client that an instance may let through for one question to Redis: fewer questions, and up to lease - 1 calls more than the limit per instance. 1 asks for each (default: 1). Example: 5.
   */
  lease?: number;
  /**
   * In production without the variables of a Redis: warn, and count in each instance alone, or answer every request with an error until they are set (default: warn). Example: error.
   */
  withoutStore?: 'warn' | 'error';
}
