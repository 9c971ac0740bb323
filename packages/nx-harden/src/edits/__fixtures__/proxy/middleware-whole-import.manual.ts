import * as limiter from './hardening/rate-limit';
import { handler } from './lib/handler';

export default limiter.withRateLimit(handler);
