import { handler } from './lib/handler';

export default handler;

export const config = {
  matcher: [
    '/a',
    '/b' // and nothing else
    // '/c',
  ],
} as const;
