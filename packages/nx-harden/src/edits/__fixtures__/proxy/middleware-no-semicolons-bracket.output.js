import { NextResponse } from 'next/server'
import { withRateLimit } from './hardening/rate-limit'

export const middleware = withRateLimit(function middleware() {
  return NextResponse.next()
});
['/app'].forEach((path) => console.log(path))
