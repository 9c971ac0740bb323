import posthog from 'posthog-js';
import './hardening/sentry-client';

posthog.init('phc_x', { api_host: '/ingest' });

export { captureRouterTransitionStart as onRouterTransitionStart } from '@sentry/nextjs';
