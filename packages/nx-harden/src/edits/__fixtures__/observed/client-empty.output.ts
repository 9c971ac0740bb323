export { onRouterTransitionStart } from './hardening/sentry-client';
