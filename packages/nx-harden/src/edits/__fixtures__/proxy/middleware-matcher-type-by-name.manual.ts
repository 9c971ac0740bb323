import { handler } from './lib/handler';

interface Paths {
  matcher: string[];
}

export default handler;
export const config: Paths = { matcher: ['/app'] };
