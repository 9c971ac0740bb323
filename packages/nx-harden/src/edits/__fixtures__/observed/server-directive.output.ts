/* eslint-disable no-console */
'use strict';

export const register = async function () {
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('./sentry.server.config');
  if (process.env.NEXT_RUNTIME === 'edge') await import('./sentry.edge.config');
  console.log('up');
};

export { captureRequestError as onRequestError } from '@sentry/nextjs';
