import { handler } from './lib/handler';

let guard = handler;
if (process.env['DEMO']) guard = () => undefined;

export { guard as middleware };
