import { startSentry } from './hardening/sentry-start';

export async function register() {
  await startSentry();
  await import('./jobs');
}

export { reportRequestError as onRequestError } from './hardening/sentry-start';
