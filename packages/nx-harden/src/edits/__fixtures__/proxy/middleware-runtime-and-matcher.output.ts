import { NextResponse, type NextFetchEvent, type NextRequest } from 'next/server'
import { withRateLimit } from './hardening/rate-limit'

export default withRateLimit(function middleware(request: NextRequest, event: NextFetchEvent) {
  event.waitUntil(fetch('https://analytics.example/' + request.nextUrl.pathname))
  return NextResponse.next()
}, () => config)

export const config = { runtime: 'nodejs', matcher: [
  '/app/:path*',
  '/api/:limited*',
  '/:limited(login|sign-in|sign-up)',
], regions: ['iad1'] }
