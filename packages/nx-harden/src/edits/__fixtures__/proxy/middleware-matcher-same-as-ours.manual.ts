import { handler } from './lib/handler';

export default handler;
export const config = { matcher: ['/api/:limited*'] };
