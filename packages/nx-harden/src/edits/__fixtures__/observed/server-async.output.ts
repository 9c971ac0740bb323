import { startSentry } from './hardening/sentry-start';

export async function register() {
  await startSentry();
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { startJobs } = await import('./jobs');
    await startJobs();
  }
}

export { reportRequestError as onRequestError } from './hardening/sentry-start';
