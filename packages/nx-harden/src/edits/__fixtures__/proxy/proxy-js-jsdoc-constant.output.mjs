// @ts-check
import { withRateLimit } from './hardening/rate-limit';

/** @type {import('next/server').NextProxy} */
export const proxy = withRateLimit((request) => Response.redirect(new URL('/login', request.url)), () => config);

export const config = { matcher: ['/app', '/api/:limited*', '/:limited(login|sign-in|sign-up)'] };
