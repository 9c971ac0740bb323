import type { NextConfigContribution } from './contribution';

/** Joins what several capabilities put in, in their order; a later header of the same name wins. */
export function mergeContributions(contributions: readonly NextConfigContribution[]): NextConfigContribution {
  const merged: NextConfigContribution = {};
  for (const one of contributions) {
    if (one.securityHeaders) {
      const names = one.securityHeaders.map(({ key }) => key.toLowerCase());
      const earlier = (merged.securityHeaders ?? []).filter(({ key }) => !names.includes(key.toLowerCase()));
      merged.securityHeaders = [...earlier, ...one.securityHeaders];
    }
    if (one.csp) {
      merged.csp = {
        mode: one.csp.mode ?? merged.csp?.mode,
        directives: mergeDirectives(merged.csp?.directives ?? {}, one.csp.directives),
      };
    }
    if (one.cache) merged.cache = { ...merged.cache, ...one.cache };
    if (one.images) merged.images = { ...merged.images, ...one.images };
    if (one.proxyBodySize) merged.proxyBodySize = one.proxyBodySize;
    if (one.sentry) merged.sentry = one.sentry;
    if (one.optimizePackageImports) {
      merged.optimizePackageImports = [...new Set([...(merged.optimizePackageImports ?? []), ...one.optimizePackageImports])];
    }
  }
  return merged;
}

/** Joins the sources of CSP directives. `'none'` stands alone, so it goes when another source comes. */
export function mergeDirectives(a: Record<string, string[]>, b: Record<string, string[]>): Record<string, string[]> {
  const merged: Record<string, string[]> = { ...a };
  for (const [directive, sources] of Object.entries(b)) {
    const all = [...new Set([...(merged[directive] ?? []), ...sources])];
    merged[directive] = all.length > 1 ? all.filter((source) => source !== "'none'") : all;
  }
  return merged;
}
