import NextAuth from 'next-auth';
import authConfig from './auth.config';

export const { auth: proxy, signIn } = NextAuth(authConfig); // edge-safe half
