import { handler } from './lib/handler';
const prefix = '/app';

export { handler as proxy };
export const config = { matcher: [`${prefix}/:path*`] };
