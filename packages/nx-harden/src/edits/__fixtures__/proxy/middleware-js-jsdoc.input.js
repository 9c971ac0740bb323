// @ts-check
import { NextResponse } from 'next/server';

/**
 * Sends people who are not signed in away.
 * @param {import('next/server').NextRequest} request
 */
export function middleware(request) {
  if (request.cookies.has('session')) return NextResponse.next();
  return NextResponse.redirect(new URL('/login', request.url));
}

/** @type {import('next/server').MiddlewareConfig} */
export const config = {
  matcher: ['/app/:path*'],
};
