import type { NextRequest } from 'next/server';
import { NextResponse } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

export { limitedProxy as proxy };

const proxy = (request: NextRequest) => NextResponse.rewrite(new URL('/en', request.url));
const limitedProxy = withRateLimit(proxy);
