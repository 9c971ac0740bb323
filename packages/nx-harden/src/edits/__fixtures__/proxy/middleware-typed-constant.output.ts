import type { NextMiddleware, MiddlewareConfig } from 'next/server';
import { NextResponse } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

export const middleware: NextMiddleware = withRateLimit(async (request, event) => {
  event.waitUntil(Promise.resolve());
  return NextResponse.next({ headers: { 'x-url': request.url } });
}, () => config);

export const config: MiddlewareConfig = {
  matcher: ['/app/:path*', '/api/:limited*', '/:limited(login|sign-in|sign-up)'],
};
