import { NextResponse, type NextRequest } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

const locales = ['en-US', 'nl-NL', 'nl'];

function getLocale(request: NextRequest): string {
  const wanted = request.headers.get('accept-language') ?? '';
  return locales.find((locale) => wanted.startsWith(locale)) ?? 'en-US';
}

export const middleware = withRateLimit(function middleware(request: NextRequest) {
  const { pathname } = request.nextUrl;
  const pathnameHasLocale = locales.some((locale) => pathname.startsWith(`/${locale}/`) || pathname === `/${locale}`);
  if (pathnameHasLocale) return;
  request.nextUrl.pathname = `/${getLocale(request)}${pathname}`;
  return NextResponse.redirect(request.nextUrl);
});

export const config = {
  matcher: [
    // Skip all internal paths (_next)
    '/((?!_next).*)',
    // Optional: only run on root (/) URL
    // '/'
  ],
};
