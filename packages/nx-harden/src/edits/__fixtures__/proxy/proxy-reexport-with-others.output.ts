import { NextResponse } from 'next/server';
import { auth } from '@/auth';
import { withRateLimit } from './hardening/rate-limit';

export { signIn, signOut } from '@/auth';

export const proxy = withRateLimit(auth, () => config);

export const config = { matcher: [
  '/app/:path*',
  '/api/:limited*',
  '/:limited(login|sign-in|sign-up)',
] };

export const next = () => NextResponse.next();
