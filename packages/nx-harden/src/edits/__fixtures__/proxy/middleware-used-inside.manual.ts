import { withRateLimit } from './hardening/rate-limit';
import { handler } from './lib/handler';

export function middleware(request: Request) {
  return withRateLimit(handler)(request);
}
