import createMiddleware from 'next-intl/middleware';
import { routing } from './i18n/routing';

export default createMiddleware(routing);

export const config = {
  // Match all pathnames except for those that begin with /api, and files.
  matcher: '/((?!api|trpc|_next|_vercel|.*\\..*).*)',
};
