import type { ActiveCapabilities, ReadTree } from '../../capability';
import type { NextApp } from '../../next-app';
import type { NextConfigContribution } from '../../next-config/contribution';
import { wrapsByItself } from './own';
import { isCurrent, SDK, unsupported } from './sdk';
import type { SentryOptions } from './schema';

/** Same-origin address for what the browser sends: blockers of trackers do not know it, and a CSP need not name Sentry. */
export const TUNNEL = '/monitoring';

/** `withSentryConfig` inside `withHardening`; nothing where the app has wrapped its config by itself. */
export function sentryContribution(tree: ReadTree, app: NextApp, active: ActiveCapabilities): NextConfigContribution | undefined {
  if (unsupported(tree, app) || wrapsByItself(tree, app)) return undefined;
  const { org, sentryProject, profiling, replay } = (active['sentry']?.options ?? {}) as SentryOptions;
  return {
    ...(profiling && { securityHeaders: [{ key: 'Document-Policy', value: 'js-profiling' }] }),
    sentry: {
      module: isCurrent(tree, app) ? `${SDK}/config` : SDK,
      // A rewrite, which plain files do not have.
      ...(!app.isStaticExport && { tunnelRoute: TUNNEL }),
      ...(org && { org }),
      ...(sentryProject && { project: sentryProject }),
      excludeReplay: !replay,
    },
  };
}
