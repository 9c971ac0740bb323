import NextAuth from 'next-auth';
import { authConfig } from './auth.config';
import { withRateLimit } from './hardening/rate-limit';

export default withRateLimit(NextAuth(authConfig).auth, () => config);

export const config = {
  // https://nextjs.org/docs/app/building-your-application/routing/middleware#matcher
  matcher: ['/((?!api|_next/static|_next/image|.*\\.png$).*)', '/api/:limited*'],
};
