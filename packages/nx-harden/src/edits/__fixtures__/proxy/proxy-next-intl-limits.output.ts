import createMiddleware from 'next-intl/middleware';
import { routing } from './i18n/routing';
import { withRateLimit } from './hardening/rate-limit';

export default withRateLimit(createMiddleware(routing), () => config);

export const config = {
  // Match all pathnames except for those that begin with /api, and files.
  matcher: [
    '/((?!api|trpc|_next|_vercel|.*\\..*).*)',
    '/api/:limited*',
    { source: '/:limited*', has: [{ type: 'header', key: 'next-action' }] },
    {
      source: '/:limited*',
      has: [
        {
          type: 'header',
          key: 'content-type',
          value: '(?:multipart/form-data|application/x-www-form-urlencoded).*',
        },
      ],
    },
  ],
};
