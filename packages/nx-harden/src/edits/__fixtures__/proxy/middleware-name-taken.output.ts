import { NextResponse } from 'next/server';
import { withRateLimit } from './lib/own-limit';
import { withRateLimit as withRateLimit2 } from './hardening/rate-limit';

export default withRateLimit2(withRateLimit(() => NextResponse.next()), () => config);

export const config = { matcher: ['/app', '/api/:limited*', '/:limited(login|sign-in|sign-up)'] };
