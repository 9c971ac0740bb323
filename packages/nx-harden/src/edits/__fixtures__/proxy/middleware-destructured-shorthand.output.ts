import { createAuth } from './lib/create-auth';
import { withRateLimit } from './hardening/rate-limit';

export const { handlers, middleware: unlimitedMiddleware } = createAuth();
export const middleware = withRateLimit(unlimitedMiddleware, () => config);
export const config = { matcher: ['/me', '/api/:limited*', '/:limited(login|sign-in|sign-up)'] };
