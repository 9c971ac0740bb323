import { NextResponse, type NextRequest } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

export const middleware = withRateLimit(async function middleware(request: NextRequest) {
  return NextResponse.next({ request });
});

export default middleware;

export const config = {
  matcher: ['/api/:path*', '/login', '/sign-in', '/sign-up'],
};
