import './hardening/sentry-client';

export { captureRouterTransitionStart as onRouterTransitionStart } from '@sentry/nextjs';