/** A load test's way past the limits: a header that is signed and ends by itself. */
export const BYPASS_HEADER = 'x-rate-limit-bypass';
const LONGEST = 4 * 3_600_000;

/**
 * Whether a request carries a pass: `<expires, epoch in seconds>.<HMAC-SHA-256 of that, hex>`, with the secret in
 * RATE_LIMIT_BYPASS_SECRET. In production it is refused unless RATE_LIMIT_BYPASS is `production`.
 */
export async function isBypassed(headers, now = Date.now()) {
  const pass = headers.get(BYPASS_HEADER);
  const { RATE_LIMIT_BYPASS_SECRET: secret, RATE_LIMIT_BYPASS } = process.env;
  if (pass === null || !secret || secret.length < 32) return false;
  if (isProduction() && RATE_LIMIT_BYPASS !== 'production') return false;
  const [, expires = '', signature = ''] = /^(\d{10})\.([0-9a-f]{64})$/.exec(pass) ?? [];
  const left = Number(expires) * 1000 - now;
  // A pass that never ends would be a second password.
  if (!(left > 0 && left <= LONGEST)) return false;
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
  const bytes = new Uint8Array(32);
  for (let index = 0; index < 32; index++) bytes[index] = parseInt(signature.slice(2 * index, 2 * index + 2), 16);
  return crypto.subtle.verify('HMAC', key, bytes, encoder.encode(expires));
}

/** A preview on Vercel is built for production as well. */
function isProduction() {
  const { VERCEL_ENV, NODE_ENV } = process.env;
  return (VERCEL_ENV ?? NODE_ENV) === 'production';
}
