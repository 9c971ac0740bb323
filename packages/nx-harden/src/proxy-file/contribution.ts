import type { AddedMatcher } from '../edits/proxy';

/** What one capability puts into `proxy.ts` (`middleware.ts` before Next 16). */
export interface ProxyContribution {
  /** Something that answers. In a proxy of the team's own, it is left to a person where it is called. */
  handler?: ProxyHandler;
  /** `withRateLimit` goes around whatever handler there is, and needs these matchers. */
  limits?: readonly AddedMatcher[];
}

export interface ProxyHandler {
  name: string;
  /** Where it is imported from, beside the proxy: `./hardening/csp`. */
  path: string;
  /** Entry of `config.matcher`: plain data, which Next reads without running the file. */
  matcher: unknown;
  /** What a team does in a proxy of its own, as a sentence and the lines. */
  byHand: { why: string; lines: string };
}
