import NextAuth from 'next-auth';
import authConfig from './auth.config';
import { withRateLimit } from './hardening/rate-limit';

export const { auth: unlimitedProxy, signIn } = NextAuth(authConfig); // edge-safe half
export const proxy = withRateLimit(unlimitedProxy);
