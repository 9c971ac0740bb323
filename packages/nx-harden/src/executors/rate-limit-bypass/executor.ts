import { createHmac } from 'node:crypto';
import type { RateLimitBypassOptions } from './schema';

const SECRET = 'RATE_LIMIT_BYPASS_SECRET';
/** What the limiter in the app asks for as well. */
const SHORTEST_SECRET = 32;

/** Prints the header that a load test sends, as `name: value`, for `curl -H` and its like. */
export default async function rateLimitBypass({ minutes = 30 }: RateLimitBypassOptions): Promise<{ success: boolean }> {
  const secret = process.env[SECRET] ?? '';
  if (secret.length < SHORTEST_SECRET) {
    const state = secret === '' ? 'is not set' : `has fewer than ${SHORTEST_SECRET} characters`;
    process.stderr.write(`${SECRET} ${state}, so no pass can be signed. Set the same one here and in the app, such as what this prints: openssl rand -hex 32\n`);
    return { success: false };
  }
  process.stdout.write(`${signPass(secret, Math.floor(Date.now() / 1000) + minutes * 60)}\n`);
  return { success: true };
}

/** The header for a pass that ends at a time (epoch, in seconds). */
export function signPass(secret: string, expires: number): string {
  return `x-rate-limit-bypass: ${expires}.${createHmac('sha256', secret).update(String(expires)).digest('hex')}`;
}
