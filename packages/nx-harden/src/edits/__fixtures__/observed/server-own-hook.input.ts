import type { Instrumentation } from 'next';
import { log } from './log';

export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  await log(error, request.path, context.routePath);
};
