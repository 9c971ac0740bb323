/* Made from schema.json by `pnpm sync`. */

/**
 * Serves a Redis of its own, or a given one, by Upstash's REST protocol, on loopback alone, for local work and tests of the rate limit.
 */
export interface RateLimitRedisOptions {
  /**
   * Port on 127.0.0.1; 0 for a free one (default: 8079).
   */
  port?: number;
  /**
   * A Redis that runs: a URL without a password, or env:NAME. Without it, one is started, which needs a Redis server on this machine. Example: redis://127.0.0.1:6379.
   */
  redis?: string;
}
