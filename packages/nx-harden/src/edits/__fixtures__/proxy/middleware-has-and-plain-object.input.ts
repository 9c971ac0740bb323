import { NextResponse } from 'next/server';

export const middleware = () => NextResponse.next();

export const config = {
  matcher: [
    { source: '/api/:path*', has: [{ type: 'header', key: 'authorization' }] },
    { source: '/(login|sign-in|sign-up)' },
    '/account', // the team's
  ],
};
