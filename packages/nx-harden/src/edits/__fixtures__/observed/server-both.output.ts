import type { Instrumentation } from 'next';
import { log } from './log';
import { reportRequestError, startSentry } from './hardening/sentry-start';

type Request = Parameters<Instrumentation.onRequestError>[1];
type Context = Parameters<Instrumentation.onRequestError>[2];

export async function register() {
  await startSentry();
  log('started');
}

export function onRequestError(err: unknown, req: Request, ctx: Context) {
  reportRequestError(err, req, ctx);
  log(err, req.path, ctx.routePath);
}
