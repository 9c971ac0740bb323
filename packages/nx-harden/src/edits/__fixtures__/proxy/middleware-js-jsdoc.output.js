// @ts-check
import { NextResponse } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

/**
 * Sends people who are not signed in away.
 * @param {import('next/server').NextRequest} request
 */
export const middleware = withRateLimit(function middleware(request) {
  if (request.cookies.has('session')) return NextResponse.next();
  return NextResponse.redirect(new URL('/login', request.url));
}, () => config);

/** @type {import('next/server').MiddlewareConfig} */
export const config = {
  matcher: ['/app/:path*', '/api/:limited*', '/:limited(login|sign-in|sign-up)'],
};
