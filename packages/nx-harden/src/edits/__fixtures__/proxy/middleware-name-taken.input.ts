import { NextResponse } from 'next/server';
import { withRateLimit } from './lib/own-limit';

export default withRateLimit(() => NextResponse.next());

export const config = { matcher: ['/app'] };
