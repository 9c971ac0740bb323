import { startSentry } from './hardening/sentry-start';

export async function register() {
  await startSentry();
  /* nothing yet */ }

export { reportRequestError as onRequestError } from './hardening/sentry-start';
