import { withRateLimit } from './hardening/rate-limit';

// Runs first.
export default withRateLimit((request: NextRequest) => handler(request));

import type { NextRequest } from 'next/server';
import { handler } from './lib/handler';
