import { handler } from './lib/handler';
import { paths } from './paths';

export default handler;

export const config = { matcher: [...paths, '/me'] };
