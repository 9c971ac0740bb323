async function boot(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('./sentry.server.config');
  if (process.env.NEXT_RUNTIME === 'edge') await import('./sentry.edge.config');
  // nothing yet
}

export { boot as register };

export { captureRequestError as onRequestError } from '@sentry/nextjs';
