import type { NextMiddleware, MiddlewareConfig } from 'next/server';
import { NextResponse } from 'next/server';

export const middleware: NextMiddleware = async (request, event) => {
  event.waitUntil(Promise.resolve());
  return NextResponse.next({ headers: { 'x-url': request.url } });
};

export const config: MiddlewareConfig = {
  matcher: ['/app/:path*'],
};
