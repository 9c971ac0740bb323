import type { NextRequest } from 'next/server'
import { NextResponse } from 'next/server'

// Payload's own admin and API do their own checks.
const PAYLOAD = ['/admin', '/api/payload']

export function middleware(request: NextRequest): NextResponse {
  if (PAYLOAD.some((path) => request.nextUrl.pathname.startsWith(path))) return NextResponse.next()
  const response = NextResponse.next()
  response.headers.set('x-pathname', request.nextUrl.pathname)
  return response
}

export const config = {
  matcher: ['/((?!admin|api|_next|media).*)'],
}
