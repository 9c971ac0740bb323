import createMiddleware from 'next-intl/middleware';
import { NextRequest } from 'next/server';
import { routing } from './i18n/routing';
import { withRateLimit } from './hardening/rate-limit';

const handleI18nRouting = createMiddleware(routing);

export default withRateLimit(async function proxy(request: NextRequest) {
  const defaultLocale = request.headers.get('x-your-custom-locale') || 'en';
  const response = handleI18nRouting(request);
  response.headers.set('x-your-custom-locale', defaultLocale);
  return response;
}, () => config);

export const config = {
  matcher: ['/', '/(de|en)/:path*', '/api/:limited*', '/:limited(login|sign-in|sign-up)']
};
