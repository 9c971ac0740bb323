import type { Instrumentation } from 'next';
import { log } from './log';
import { captureRequestError } from '@sentry/nextjs';

export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  captureRequestError(error, request, context);
  await log(error, request.path, context.routePath);
};

export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('./sentry.server.config');
  if (process.env.NEXT_RUNTIME === 'edge') await import('./sentry.edge.config');
}
