import { NextResponse, type NextRequest } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

type Guard = (request: NextRequest) => Promise<NextResponse>;

/** Guards the app. */
const unlimitedMiddleware: Guard = async (request) => {
  return request.cookies.has('session') ? NextResponse.next() : NextResponse.redirect(new URL('/login', request.url));
};
export const middleware = withRateLimit(unlimitedMiddleware, () => config);

export const config = { matcher: [
  '/app/:path*',
  '/api/:limited*',
  '/:limited(login|sign-in|sign-up)',
] };
