import { NextResponse } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

// Of no use to Next in this file.
export function middleware() {
  return 'middleware';
}

export default withRateLimit(() => NextResponse.next());
