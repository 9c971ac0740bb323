import { handler } from './lib/handler';

export type { proxy as middleware } from './lib/session';
export default handler;
