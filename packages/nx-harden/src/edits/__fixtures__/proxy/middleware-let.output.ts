import { handler } from './lib/handler';
import { withRateLimit } from './hardening/rate-limit';

export let middleware = withRateLimit(handler);
