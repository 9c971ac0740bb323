import { handler } from './lib/handler';
import { withRateLimit } from './hardening/rate-limit';

export default withRateLimit(handler, () => config);

export const config = {
  matcher: ['/a', '/b',
            '/c', '/d', '/api/:limited*', '/:limited(login|sign-in|sign-up)'],
};
