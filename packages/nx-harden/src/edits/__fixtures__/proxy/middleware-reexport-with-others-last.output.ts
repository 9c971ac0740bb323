import { auth } from '@/auth';
import { withRateLimit } from './hardening/rate-limit';

export {
  signIn,
} from '@/auth';

export const middleware = withRateLimit(auth, () => config);

export const config = {
  matcher: ['/app/:path*', '/api/:limited*', '/:limited(login|sign-in|sign-up)'],
};
