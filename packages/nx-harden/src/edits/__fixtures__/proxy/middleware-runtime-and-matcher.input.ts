import { NextResponse, type NextFetchEvent, type NextRequest } from 'next/server'

export default function middleware(request: NextRequest, event: NextFetchEvent) {
  event.waitUntil(fetch('https://analytics.example/' + request.nextUrl.pathname))
  return NextResponse.next()
}

export const config = { runtime: 'nodejs', matcher: ['/app/:path*',], regions: ['iad1'] }
