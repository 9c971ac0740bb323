// The session lives in lib.
export { proxy } from './lib/session'; // runs on every page

export const config = { matcher: '/account/:path*' };
