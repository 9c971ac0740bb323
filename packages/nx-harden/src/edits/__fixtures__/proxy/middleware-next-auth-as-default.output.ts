import { config as authConfig } from './auth.config';
import unlimitedMiddleware from 'next-auth/middleware';
import { withRateLimit } from './hardening/rate-limit';

export const middleware = withRateLimit(unlimitedMiddleware, () => config);

export const config = {
  matcher: [
    '/((?!api|login|_next/static).*)',
    '/api/:limited*',
    '/:limited(login|sign-in|sign-up)',
  ],
};

void authConfig;
