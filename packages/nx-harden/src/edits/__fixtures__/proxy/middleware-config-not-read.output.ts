import { NextResponse } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

export const middleware = withRateLimit(function middleware() {
  return NextResponse.next();
});

// Next passes over a config that is exported like this.
const config = { matcher: ['/app'] };
export { config };
