import { parse } from 'node:url';

/** One entry of `config.matcher`, as an app writes it. */
export type MatcherEntry = string | { source: string; has?: readonly object[]; missing?: readonly object[]; locale?: false };

/** A request as it comes to Next. */
export interface AskedRequest {
  /** With its query. */
  path: string;
  headers: Record<string, string>;
}

type Match = (path: string, request: { headers: Record<string, string> }, query: object) => boolean;
const { getMiddlewareMatchers } = require('next/dist/build/analysis/get-page-static-info') as { getMiddlewareMatchers: (matchers: readonly MatcherEntry[], config: object) => object[] };
const { getMiddlewareRouteMatcher } = require('next/dist/shared/lib/router/utils/middleware-route-matcher') as { getMiddlewareRouteMatcher: (matchers: object[]) => Match };

/**
 * Whether Next's router calls the proxy: its own matcher, asked as the router asks it, with the address as it stands and
 * decoded. For the data of a page, of the build called `build`, it asks with the address of the page.
 */
export function asksProxy(matchers: readonly MatcherEntry[], { path, headers }: AskedRequest, nextConfig: object = {}): boolean {
  const match = getMiddlewareRouteMatcher(getMiddlewareMatchers(matchers, nextConfig));
  const { pathname, query } = parse(path, true);
  const asked = (pathname ?? '/').replace(/\/_next\/data\/build(\/.*)\.json$/, '$1');
  return [asked, decoded(asked)].some((one) => match(one, { headers }, query));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
