// The session lives in lib.
import { proxy as unlimitedProxy } from './lib/session';
import { withRateLimit } from './hardening/rate-limit'; // runs on every page

export const proxy = withRateLimit(unlimitedProxy, () => config);

export const config = { matcher: [
  '/account/:path*',
  '/api/:limited*',
  '/:limited(login|sign-in|sign-up)',
] };
