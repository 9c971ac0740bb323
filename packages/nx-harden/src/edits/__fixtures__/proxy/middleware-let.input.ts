import { handler } from './lib/handler';

export let middleware = handler;
