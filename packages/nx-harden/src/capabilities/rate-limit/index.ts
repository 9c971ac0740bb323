import type { Capability } from '../../capability';
import { RATE_LIMIT_PACKAGES } from '../../versions';
import { bodySizeContribution } from './body-size';
import { checkRateLimit } from './check';
import { isLimitable } from './limiters';
import { LIMIT_MATCHERS } from './matchers';

export const rateLimit: Capability = {
  id: 'rate-limit',
  title: 'Rate limits',
  why: 'Stops one client from guessing passwords, scraping or keeping the app busy for all others, and goes on without a single failed request when Redis does not answer.',
  recommended: true,
  after: [],
  entries: ({ tree, app }) => (isLimitable(tree, app) ? { dependencies: RATE_LIMIT_PACKAGES } : {}),
  env: [
    { name: 'UPSTASH_REDIS_REST_URL', comment: 'Redis for the rate limits; without it each instance counts by itself' },
    { name: 'UPSTASH_REDIS_REST_TOKEN', comment: 'Its token' },
    { name: 'RATE_LIMIT_BYPASS_SECRET', comment: 'Signs the header that lets a load test past the limits; at least 32 characters' },
  ],
  check: checkRateLimit,
  generator: async () => (await import('./generator')).generate,
  nextConfig: bodySizeContribution,
  proxy: (tree, app) => (isLimitable(tree, app) ? { limits: LIMIT_MATCHERS } : undefined),
};
