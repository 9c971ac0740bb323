import { NextRequest, NextResponse } from 'next/server'
import { withRateLimit } from './hardening/rate-limit'

export const proxy = withRateLimit(function proxy(request: NextRequest) {
  const nonce = Buffer.from(crypto.randomUUID()).toString('base64')
  const cspHeader = `default-src 'self'; script-src 'self' 'nonce-${nonce}' 'strict-dynamic';`
  const requestHeaders = new Headers(request.headers)
  requestHeaders.set('x-nonce', nonce)
  requestHeaders.set('Content-Security-Policy', cspHeader)
  const response = NextResponse.next({ request: { headers: requestHeaders } })
  response.headers.set('Content-Security-Policy', cspHeader)
  return response
}, () => config)

export const config = {
  matcher: [
    {
      source: '/((?!api|_next/static|_next/image|favicon.ico).*)',
      missing: [
        { type: 'header', key: 'next-router-prefetch' },
        { type: 'header', key: 'purpose', value: 'prefetch' },
      ],
    },
    '/api/:limited*',
    '/:limited((?!api/|_next/|monitoring(?:/|$)|.*\\.(?:ico|png|jpe?g|gif|webp|avif|svg|css|m?js|map|woff2?|ttf|otf|mp[34]|webm|m3u8|m4s|pdf|txt|xml|json|wasm|pbf|glb|gltf|webmanifest)$).*)?',
    { source: '/:limited*', has: [{ type: 'header', key: 'next-action' }] },
    {
      source: '/:limited*',
      has: [
        {
          type: 'header',
          key: 'content-type',
          value: '(?:multipart/form-data|application/x-www-form-urlencoded).*',
        },
      ],
    },
  ],
}
