import type { NextProxy, ProxyConfig } from 'next/server';
import { NextResponse } from 'next/server';

export const proxy = ((request) => NextResponse.next({ headers: { 'x-url': request.url } })) satisfies NextProxy;

export const config = {
  matcher: `/app/:path*`,
} satisfies ProxyConfig;
