import { startSentry } from './hardening/sentry-start';

async function boot(): Promise<void> {
  await startSentry();
  // nothing yet
}

export { boot as register };

export { reportRequestError as onRequestError } from './hardening/sentry-start';
