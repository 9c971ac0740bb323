import { updateSession } from '@/lib/supabase/middleware'
import { withRateLimit } from './hardening/rate-limit'

export const middleware = withRateLimit(async function middleware(request) {
  return await updateSession(request)
}, () => config)

export const config = {
  matcher: [
    '/((?!_next/static|_next/image|favicon.ico|.*\\.(?:svg|png|jpg|jpeg|gif|webp)$).*)',
    '/api/:limited*',
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
