import type { Capability } from '../../capability';
import { checkHeaders } from './check';
import { headersContribution, headersOptions } from './contribution';
import { NONCE_HANDLER } from './nonce-handler';

export const headers: Capability = {
  id: 'headers',
  title: 'Security and cache headers',
  why: 'Stops clickjacking, MIME sniffing, downgrades to HTTP and most script injection, and lets the CDN cache what it may without leaking what it may not.',
  recommended: true,
  after: [],
  check: checkHeaders,
  generator: async () => (await import('./generator')).generate,
  nextConfig: headersContribution,
  proxy: (_, __, active) => (headersOptions(active).nonce ? { handler: NONCE_HANDLER } : undefined),
};
