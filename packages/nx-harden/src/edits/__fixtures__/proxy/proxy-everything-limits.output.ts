import type { ProxyConfig } from 'next/server';
import { handler } from './lib/handler';
import { withRateLimit } from './hardening/rate-limit';

export default withRateLimit(handler);

export const config: ProxyConfig = { matcher: '/:path*' };
