import type { Instrumentation } from 'next';
import { log } from './log';

type Request = Parameters<Instrumentation.onRequestError>[1];
type Context = Parameters<Instrumentation.onRequestError>[2];

export async function register() {
  log('started');
}

export function onRequestError(err: unknown, req: Request, ctx: Context) {
  log(err, req.path, ctx.routePath);
}
