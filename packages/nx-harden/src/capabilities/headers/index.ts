import type { Capability } from '../../capability';
import { checkHeaders } from './check';
import { headersContribution } from './contribution';

export const headers: Capability = {
  id: 'headers',
  title: 'Security and cache headers',
  why: 'Stops clickjacking, MIME sniffing, downgrades to HTTP and most script injection, and lets the CDN cache what it may without leaking what it may not.',
  recommended: true,
  after: [],
  check: checkHeaders,
  generator: async () => (await import('./generator')).generate,
  nextConfig: headersContribution,
};
