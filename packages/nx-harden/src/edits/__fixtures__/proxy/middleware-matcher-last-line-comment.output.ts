import { handler } from './lib/handler';
import { withRateLimit } from './hardening/rate-limit';

export default withRateLimit(handler, () => config);

export const config = {
  matcher: [
    '/a',
    '/b', // and nothing else
    // '/c',
    '/api/:limited*',
    '/:limited(login|sign-in|sign-up)'
  ],
} as const;
