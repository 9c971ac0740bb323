import { clerkMiddleware, createRouteMatcher } from '@clerk/nextjs/server';
import { withRateLimit } from './hardening/rate-limit';

const isProtectedRoute = createRouteMatcher(['/dashboard(.*)', '/forum(.*)']);

export default withRateLimit(clerkMiddleware(async (auth, req) => {
  if (isProtectedRoute(req)) await auth.protect();
}), () => config);

export const config = {
  matcher: [
    // Skip Next.js internals and all static files, unless found in search params
    '/((?!_next|[^?]*\\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|xlsx?|zip|webmanifest)).*)',
    // Always run for API routes
    '/(api|trpc)(.*)',
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
};
