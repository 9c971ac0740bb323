import { gte } from 'semver';
import type { ReadTree } from '../../capability';
import type { NextApp } from '../../next-app';
import type { NextConfigContribution } from '../../next-config/contribution';
import { isLimitable } from './limiters';

/** More than this in one request goes past no proxy; Vercel itself takes less. */
const SIZE = '100mb';

/**
 * Where a proxy runs, Next keeps the first 10 MB of a body for the route and cuts off the rest, with nothing but a line
 * in the log: an upload would be broken by limits that have just come to its address.
 */
export function bodySizeContribution(tree: ReadTree, app: NextApp): NextConfigContribution | undefined {
  const version = app.nextVersion ?? `${app.nextMajor}.0.0`;
  // Before, there was no limit.
  if (!isLimitable(tree, app) || !gte(version, '15.5.0')) return undefined;
  return { proxyBodySize: { option: app.nextMajor >= 16 ? 'proxyClientMaxBodySize' : 'middlewareClientMaxBodySize', size: SIZE } };
}
