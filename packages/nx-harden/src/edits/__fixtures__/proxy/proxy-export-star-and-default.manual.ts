import { handler } from './lib/handler';
export * from './lib/session';
export default handler;
