import { startSentry } from './hardening/sentry-start';

export async function register() {
  await startSentry();
  (await import('./a')).start()
  const b = await import('./b')
  b.start()
}

export { reportRequestError as onRequestError } from './hardening/sentry-start';
