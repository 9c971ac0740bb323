import { handler } from './lib/handler';
const matcher = ['/me'];

export const middleware = handler;
export const config = { matcher };
