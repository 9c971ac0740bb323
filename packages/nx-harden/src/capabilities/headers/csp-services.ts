import { mergeDirectives } from '../../next-config/merge';
import type { NextApp } from '../../next-app';

/**
 * What services load or call from the page, by the package that brings them in. Only hosts that the services'
 * own CSP pages name; a self-hosted one is added by `--csp-source`.
 */
const SERVICES: Record<string, Record<string, string[]>> = {
  // The script is served from the site itself on Vercel, and from va.vercel-scripts.com in debug mode.
  '@vercel/analytics': { 'script-src': ['https://va.vercel-scripts.com'], 'connect-src': ['https://vitals.vercel-insights.com'] },
  '@vercel/speed-insights': { 'script-src': ['https://va.vercel-scripts.com'], 'connect-src': ['https://vitals.vercel-insights.com'] },
  '@sentry/nextjs': { 'connect-src': ['https://*.sentry.io'], 'worker-src': ['blob:'] },
  '@stripe/stripe-js': {
    'script-src': ['https://js.stripe.com', 'https://*.js.stripe.com'],
    'frame-src': ["'self'", 'https://js.stripe.com', 'https://*.js.stripe.com', 'https://hooks.stripe.com'],
    'connect-src': ['https://api.stripe.com'],
  },
  '@clerk/nextjs': {
    'script-src': ['https://*.clerk.accounts.dev', 'https://challenges.cloudflare.com'],
    'connect-src': ['https://*.clerk.accounts.dev'],
    'img-src': ['https://img.clerk.com'],
    'frame-src': ["'self'", 'https://challenges.cloudflare.com'],
  },
  'posthog-js': { 'script-src': ['https://*.posthog.com'], 'connect-src': ['https://*.posthog.com'] },
  '@next/third-parties': {
    'script-src': ['https://www.googletagmanager.com'],
    'connect-src': ['https://*.google-analytics.com', 'https://*.analytics.google.com', 'https://www.googletagmanager.com'],
    'img-src': ['https://*.google-analytics.com', 'https://www.googletagmanager.com'],
  },
  // The admin shows the users' Gravatars.
  payload: { 'img-src': ['https://www.gravatar.com'] },
};

/** The CSP sources of the services that the app depends on. */
export function sourcesOfServices(app: NextApp): Record<string, string[]> {
  return Object.entries(SERVICES)
    .filter(([name]) => name in app.dependencies)
    .map(([, directives]) => directives)
    .reduce(mergeDirectives, {});
}
