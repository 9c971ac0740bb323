import type { Capability } from '../../capability';
import { SENTRY_PACKAGES } from '../../versions';
import { checkSentry } from './check';
import { sentryContribution } from './contribution';
import { unsupported } from './sdk';

export const sentry: Capability = {
  id: 'sentry',
  title: 'Error tracking',
  why: 'Tells you of an error with its stack, release and environment before a user does, without their cookies, addresses or data.',
  recommended: true,
  after: [],
  entries: ({ tree, app }) => (unsupported(tree, app) ? {} : { dependencies: SENTRY_PACKAGES }),
  env: [
    { name: 'NEXT_PUBLIC_SENTRY_DSN', comment: 'Where errors go; without it nothing is sent' },
    { name: 'SENTRY_AUTH_TOKEN', comment: 'Uploads the source maps, in CI alone' },
  ],
  check: checkSentry,
  generator: async () => (await import('./generator')).generate,
  nextConfig: sentryContribution,
  undoInApp: async (tree, app, record) => (await import('./seams')).removeSeams(tree, app, record),
};
