import { auth } from '@/auth';
import { withRateLimit } from './hardening/rate-limit';

const limitedMiddleware = withRateLimit(auth, () => config);
export { limitedMiddleware as default };
export const config = { matcher: [
  '/account',
  '/api/:limited*',
  '/:limited(login|sign-in|sign-up)',
] };
