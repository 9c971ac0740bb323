import type { Token } from 'path-to-regexp';
import type { AddedMatcher } from './proxy-entry';

/** A condition in `has`, as it is written. */
export interface Condition {
  type: string;
  key?: string;
  value?: string;
}

/** One entry of a `config.matcher`. */
export interface MatcherEntry {
  source: string;
  /** Something beside `source` narrows it: has, missing, locale. */
  isConditional: boolean;
  /** Where it alone narrows it, and is written out. */
  has?: readonly Condition[];
}

/** Which samples of a matcher of ours are not reached. One with conditions reaches them where it stands itself; nothing else with conditions does for sure. */
export function missedBy(entries: readonly MatcherEntry[], { source, has, samples }: AddedMatcher): string[] {
  return has && entries.some((entry) => entry.source === source && isSame(entry.has, has)) ? [] : notReached(entries, samples);
}

/** Which sample addresses a set of matchers does not cover, as Next compiles them. An entry with has/missing/locale covers nothing for sure. */
export function notReached(entries: readonly MatcherEntry[], samples: readonly string[]): string[] {
  const patterns = entries.filter(({ isConditional }) => !isConditional).map(({ source }) => compileMatcher(source));
  return samples.filter((sample) => !patterns.some((pattern) => pattern?.test(sample)));
}

function isSame(one: readonly Condition[] = [], other: readonly Condition[]): boolean {
  return one.length === other.length && one.every(({ type, key, value }, index) => type === other[index]?.type && key === other[index]?.key && value === other[index]?.value);
}

// What Next puts around a source, so that the data of a page is matched with the page.
const DATA_PREFIX = '/:nextData(_next/data/[^/]{1,})?';
const TRANSPORT_SUFFIX = '\\.rsc|\\.segments/.+\\.segment\\.rsc';
const SUFFIX = `{(\\.json|${TRANSPORT_SUFFIX})}?`;
const ROOT_SUFFIX = `(/?index|/?index\\.json|/?index(?:${TRANSPORT_SUFFIX}))?`;
const LONGEST_SOURCE = 4096;

/**
 * The pattern that Next makes of a source; undefined for one that it refuses. `basePath` and the locales of `i18n`
 * stand in front of the pattern and of the address alike, so they make no difference here.
 */
function compileMatcher(source: string): RegExp | undefined {
  const { parse } = require('path-to-regexp') as typeof import('path-to-regexp');
  const route = `${DATA_PREFIX}${source}${source === '/' ? ROOT_SUFFIX : SUFFIX}`;
  if (!source.startsWith('/') || route.length > LONGEST_SOURCE) return undefined;
  try {
    return patternOf(parse(route));
  } catch {
    // Next ends the build over it, and a matcher that is not there covers nothing.
    return undefined;
  }
}

/** Next compares in the case that is written, and so leaves the flags of path-to-regexp out. */
function patternOf(tokens: Token[]): RegExp {
  const { tokensToRegexp } = require('path-to-regexp') as typeof import('path-to-regexp');
  try {
    return new RegExp(tokensToRegexp(tokens).source);
  } catch {
    // path-to-regexp refuses to repeat what has no text around it; Next puts a slash in front and tries again.
    return new RegExp(tokensToRegexp(tokens.map(withSlash)).source);
  }
}

function withSlash(token: Token): Token {
  if (typeof token === 'string' || !['*', '+'].includes(token.modifier)) return token;
  return token.prefix === '' && token.suffix === '' ? { ...token, prefix: '/' } : token;
}
