import { NextResponse } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

export const middleware = withRateLimit(function middleware() {
  return NextResponse.next();
}, () => config);

export const config = {
  matcher: [
    '/app/:path*',
    '/me',
    '/api/:limited*',
    '/:limited(login|sign-in|sign-up)'
  ],
};
