import { serveCommand } from '../../redis-rest/serve-command';
import type { RateLimitRedisOptions } from './schema';

/** Serves a Redis by Upstash's REST protocol until it is told to stop. */
export default async function rateLimitRedis({ port = 8079, redis }: RateLimitRedisOptions): Promise<{ success: boolean }> {
  return { success: await serveCommand({ port, redis, env: process.env }, process.stdout) };
}
