import type { ProxyHandler } from '../../proxy-file/contribution';

/** Sends the policy with each page. A prefetch of the router is shown later, with a page that has its own. */
export const NONCE_HANDLER: ProxyHandler = {
  name: 'cspProxy',
  path: './hardening/csp',
  matcher: {
    source: '/((?!api|_next/static|_next/image|favicon.ico).*)',
    missing: [
      { type: 'header', key: 'next-router-prefetch' },
      { type: 'header', key: 'purpose', value: 'prefetch' },
    ],
  },
  byHand: {
    why: 'It is yours. Let it answer with the policy where it would answer with NextResponse.next(), and let its matcher cover the pages:',
    lines: ["import { cspProxy } from './hardening/csp';", '', '  return cspProxy(request);'].join('\n'),
  },
};
