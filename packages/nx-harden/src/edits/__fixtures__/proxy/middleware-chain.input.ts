import { chain } from '@/middlewares/chain';
import { withHeaders } from '@/middlewares/with-headers';
import { withLogging } from '@/middlewares/with-logging';

export default chain([withLogging, withHeaders]);

export const config = {
  matcher: ['/((?!api|_next/static|_next/image|favicon.ico|images).*)'],
};
