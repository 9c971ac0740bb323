import createMiddleware from 'next-intl/middleware';
import { NextRequest } from 'next/server';
import { routing } from './i18n/routing';

const handleI18nRouting = createMiddleware(routing);

export default async function proxy(request: NextRequest) {
  const defaultLocale = request.headers.get('x-your-custom-locale') || 'en';
  const response = handleI18nRouting(request);
  response.headers.set('x-your-custom-locale', defaultLocale);
  return response;
}

export const config = {
  matcher: ['/', '/(de|en)/:path*']
};
