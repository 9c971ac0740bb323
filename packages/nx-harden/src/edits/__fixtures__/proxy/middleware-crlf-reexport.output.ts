import { auth } from '@/auth';
import { withRateLimit } from './hardening/rate-limit';

export const middleware = withRateLimit(auth, () => config);

export const config = { matcher: ['/app', '/api/:limited*', '/:limited(login|sign-in|sign-up)'] };
