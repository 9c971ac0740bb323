import type { Instrumentation } from 'next';
import { log } from './log';
import { reportRequestError, startSentry } from './hardening/sentry-start';

export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  reportRequestError(error, request, context);
  await log(error, request.path, context.routePath);
};

export async function register() {
  await startSentry();
}
