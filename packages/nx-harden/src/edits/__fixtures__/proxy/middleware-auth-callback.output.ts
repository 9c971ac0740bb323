import { auth } from '@/auth';
import { withRateLimit } from './hardening/rate-limit';

export default withRateLimit(auth((req) => {
  if (!req.auth && req.nextUrl.pathname !== '/login') {
    const newUrl = new URL('/login', req.nextUrl.origin);
    return Response.redirect(newUrl);
  }
}), () => config);

export const config = {
  matcher: ['/((?!api|_next/static|_next/image|favicon.ico).*)', '/api/:limited*'],
};
