import type { NextMiddleware } from 'next/server';
import { handler } from './lib/handler';
import { withRateLimit } from './hardening/rate-limit';

export const middleware = withRateLimit(handler as NextMiddleware);
