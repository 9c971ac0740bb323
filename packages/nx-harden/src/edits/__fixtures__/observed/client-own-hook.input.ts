import { mark } from './marks';

export function onRouterTransitionStart(href: string, navigationType: 'push' | 'replace' | 'traverse') {
  mark(href, navigationType);
}
