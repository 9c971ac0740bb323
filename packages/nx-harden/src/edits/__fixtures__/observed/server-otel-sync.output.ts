import { registerOTel } from '@vercel/otel';
import { startSentry } from './hardening/sentry-start';

export async function register() {
  await startSentry();
  registerOTel({ serviceName: 'web' });
}

export { reportRequestError as onRequestError } from './hardening/sentry-start';
