import { NextResponse } from 'next/server';
import { withRateLimit } from './hardening/rate-limit';

export default withRateLimit(() => NextResponse.next());
export let config = { matcher: ['/app'] };
