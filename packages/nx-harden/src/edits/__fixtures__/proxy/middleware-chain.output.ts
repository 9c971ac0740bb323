import { chain } from '@/middlewares/chain';
import { withHeaders } from '@/middlewares/with-headers';
import { withLogging } from '@/middlewares/with-logging';
import { withRateLimit } from './hardening/rate-limit';

export default withRateLimit(chain([withLogging, withHeaders]), () => config);

export const config = {
  matcher: ['/((?!api|_next/static|_next/image|favicon.ico|images).*)', '/api/:limited*'],
};
