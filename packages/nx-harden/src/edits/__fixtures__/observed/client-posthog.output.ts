import posthog from 'posthog-js';

posthog.init('phc_x', { api_host: '/ingest' });

export { onRouterTransitionStart } from './hardening/sentry-client';
