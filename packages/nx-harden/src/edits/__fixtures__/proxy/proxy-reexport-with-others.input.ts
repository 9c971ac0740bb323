import { NextResponse } from 'next/server';
export { auth as proxy, signIn, signOut } from '@/auth';

export const config = { matcher: ['/app/:path*'] };

export const next = () => NextResponse.next();
