import { handler } from './lib/handler';
import { withRateLimit } from './hardening/rate-limit';

export type { proxy as middleware } from './lib/session';
export default withRateLimit(handler);
