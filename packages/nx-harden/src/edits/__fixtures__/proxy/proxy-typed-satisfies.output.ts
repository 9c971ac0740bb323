import type { NextProxy, ProxyConfig } from 'next/server';
import { NextResponse } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

export const proxy = withRateLimit(((request) => NextResponse.next({ headers: { 'x-url': request.url } })) satisfies NextProxy, () => config);

export const config = {
  matcher: [`/app/:path*`, '/api/:limited*', '/:limited(login|sign-in|sign-up)'],
} satisfies ProxyConfig;
