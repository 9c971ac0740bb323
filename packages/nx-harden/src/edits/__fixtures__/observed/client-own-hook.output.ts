import { mark } from './marks';
import './hardening/sentry-client';
import { captureRouterTransitionStart } from '@sentry/nextjs';

export function onRouterTransitionStart(href: string, navigationType: 'push' | 'replace' | 'traverse') {
  captureRouterTransitionStart(href, navigationType);
  mark(href, navigationType);
}
