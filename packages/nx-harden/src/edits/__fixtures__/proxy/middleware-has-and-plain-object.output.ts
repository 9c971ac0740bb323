import { NextResponse } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

export const middleware = withRateLimit(() => NextResponse.next(), () => config);

export const config = {
  matcher: [
    { source: '/api/:path*', has: [{ type: 'header', key: 'authorization' }] },
    { source: '/(login|sign-in|sign-up)' },
    '/account', // the team's
    '/api/:limited*',
  ],
};
