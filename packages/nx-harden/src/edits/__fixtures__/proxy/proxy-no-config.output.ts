import { NextResponse } from 'next/server';
import type { NextRequest } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

export const proxy = withRateLimit(function proxy(request: NextRequest) {
  return NextResponse.redirect(new URL('/home', request.url));
});
