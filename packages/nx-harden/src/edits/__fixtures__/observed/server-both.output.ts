import type { Instrumentation } from 'next';
import { log } from './log';
import { captureRequestError } from '@sentry/nextjs';

type Request = Parameters<Instrumentation.onRequestError>[1];
type Context = Parameters<Instrumentation.onRequestError>[2];

export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('./sentry.server.config');
  if (process.env.NEXT_RUNTIME === 'edge') await import('./sentry.edge.config');
  log('started');
}

export function onRequestError(err: unknown, req: Request, ctx: Context) {
  captureRequestError(err, req, ctx);
  log(err, req.path, ctx.routePath);
}
