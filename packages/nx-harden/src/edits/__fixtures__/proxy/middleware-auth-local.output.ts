import NextAuth from 'next-auth';
import { authConfig } from './auth.config';
import { withRateLimit } from './hardening/rate-limit';

const { auth } = NextAuth(authConfig);

const limitedMiddleware = withRateLimit(auth, () => config);
export { limitedMiddleware as middleware };

export const config = {
  matcher: [
    '/dashboard/:path*',
    '/settings/:path*',
    '/api/:limited*',
    '/:limited(login|sign-in|sign-up)'
  ]
};
