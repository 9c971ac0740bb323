import { handler } from './lib/handler';
import { matcherFor } from './paths';

export default handler;
export const config = { matcher: matcherFor('/app') };
