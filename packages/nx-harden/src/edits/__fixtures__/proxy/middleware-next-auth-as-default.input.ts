import { config as authConfig } from './auth.config';
export { default as middleware } from 'next-auth/middleware';

export const config = {
  matcher: ['/((?!api|login|_next/static).*)'],
};

void authConfig;
