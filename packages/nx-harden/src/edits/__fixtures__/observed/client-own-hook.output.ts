import { mark } from './marks';
import { traceTransition } from './hardening/sentry-client';

export function onRouterTransitionStart(href: string, navigationType: 'push' | 'replace' | 'traverse') {
  traceTransition(href, navigationType);
  mark(href, navigationType);
}
