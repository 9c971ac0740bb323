import type { Tree } from '@nx/devkit';
import type { EditResult, ReadTree } from '../capability';
import type { NextApp } from '../next-app';
import { findProxyExport } from './proxy-export';
import type { AddedMatcher } from './proxy-entry';
import { readMatcher, type ProxyMatcher } from './proxy-matcher';
import { missedBy, type MatcherEntry } from './proxy-reach';
import { manualClash, manualLimit, manualRemoval } from './proxy-remedy';
import { LIMIT_PATH, readSeam, type ProxySeam } from './proxy-seam';
import { unwrapProxy } from './proxy-unwrap';
import { extendProxy, wrapProxy, type Addition } from './proxy-wrap';
import { nodesIn, openSource } from './source';

export { entryOf, isAdded, type AddedMatcher } from './proxy-entry';
export { notReached, type MatcherEntry } from './proxy-reach';

/** What is recorded in hardening.json so that the seam can be undone to the byte: texts that the edit replaced. A later edit's come behind. */
export type ProxyOriginals = string[];

/** What a proxy file is as it stands. */
export interface ProxyReading {
  /** Whether what Next runs goes through withRateLimit. 'unknown': the file cannot be parsed or its shape is not understood. */
  seam: 'limited' | 'unlimited' | 'unknown';
  /** none: no `config` or no `matcher` in it: Next runs it on every request. */
  matcher: { kind: 'none' } | { kind: 'literal'; entries: MatcherEntry[] } | { kind: 'dynamic'; why: string };
}

/**
 * Puts `withRateLimit` around what Next runs in the app's proxy file, and adds to a literal matcher what it does not
 * reach. Twice is once. `originals` come with a change.
 */
export function limitProxy(tree: Tree, app: NextApp, matchers: readonly AddedMatcher[]): { result: EditResult; originals?: ProxyOriginals } {
  const file = fileOf(app);
  const source = openSource(file, tree.read(file, 'utf-8') ?? '');
  if ('failure' in source) return manualLimit(file, undefined, `It cannot be parsed: ${source.failure} Mend it and run again, or write:`, matchers);
  const exported = findProxyExport(source);
  const matcher = readMatcher(source);
  const seam = readSeam(source, exported);
  const { lacking, clash } = lackingIn(matcher, seam, matchers);
  const leave = (why: string) => manualLimit(file, { source, exported, seam }, why, matcher.kind === 'dynamic' ? matchers : lacking);

  if (seam.state === 'unused') return leave('It imports withRateLimit and does not put it around what Next runs. Wrap that:');
  if (seam.state === 'unknown') return leave('It brings in hardening/rate-limit in a way that is not understood, so it may be limited already. Write it like this:');
  if (matcher.kind === 'dynamic') return leave(`${matcher.why} So nothing can be added to the matcher, and what it does not reach is not limited. Write it out:`);
  if (seam.state === 'limited' && lacking.length === 0) return { result: { status: 'unchanged' } };
  if (clash !== undefined) return { result: manualClash(file, clash) };
  if (exported.kind === 'unknown' && seam.state !== 'limited') return leave(`${exported.why} Wrap by hand what Next runs:`);
  if (matcher.kind === 'literal' && matcher.isTyped && lacking.length > 0) return leave('Its config has a type that is written out, which a longer matcher may not fit. Write:');

  const addition: Addition | undefined = matcher.kind === 'literal' && lacking.length > 0 ? { node: matcher.node, matchers: lacking } : undefined;
  const edited = seam.call && addition ? extendProxy(source, seam.call, addition) : exported.kind === 'unknown' ? undefined : wrapProxy(source, exported, addition);
  if (edited === undefined || !isDone(file, edited.text, matchers)) return leave('The edit would have changed something else in this file, so it was not written. Write by hand:');
  tree.write(file, edited.text);
  return { result: { status: 'changed' }, originals: edited.originals };
}

/** Takes the seam out again: to the byte where it is as we made it, else in meaning. `originals` are all that were recorded, the oldest first. */
export function unlimitProxy(tree: Tree, app: NextApp, matchers: readonly AddedMatcher[], originals: ProxyOriginals): EditResult {
  const file = app.proxyFile;
  if (file === undefined || !tree.exists(file)) return { status: 'unchanged' };
  const text = tree.read(file, 'utf-8') ?? '';
  const source = openSource(file, text);
  if ('failure' in source) return text.includes(LIMIT_PATH) ? manualRemoval(file, text) : { status: 'unchanged' };
  const edited = unwrapProxy(source, matchers.map((one) => one.source), originals);
  if (edited === undefined) return manualRemoval(file, text);
  if (edited === text) return { status: 'unchanged' };
  tree.write(file, edited);
  return { status: 'changed' };
}

/** Reads a proxy file: whether it is limited, and what its matcher reaches. */
export function readProxy(tree: ReadTree, file: string): ProxyReading {
  const source = openSource(file, tree.read(file, 'utf-8') ?? '');
  if ('failure' in source) return { seam: 'unknown', matcher: { kind: 'dynamic', why: `The file cannot be parsed: ${source.failure}` } };
  const exported = findProxyExport(source);
  const { state } = readSeam(source, exported);
  const matcher = readMatcher(source);
  return {
    seam: exported.kind === 'unknown' ? 'unknown' : state === 'unused' ? 'unlimited' : state,
    matcher: matcher.kind === 'literal' ? { kind: 'literal', entries: matcher.entries } : matcher,
  };
}

/** Which of these a proxy's matcher does not let in, each with the samples that are not reached. */
export function unreached({ matcher }: ProxyReading, matchers: readonly AddedMatcher[]): AddedMatcher[] {
  if (matcher.kind === 'dynamic') return [...matchers];
  if (matcher.kind === 'none') return [];
  return matchers.map((one) => ({ ...one, samples: missedBy(matcher.entries, one) })).filter(({ samples }) => samples.length > 0);
}

/** Which matchers are lacking, and the source of an entry that reads like one of ours, where that would be mistaken. */
function lackingIn(matcher: ProxyMatcher, { call }: ProxySeam, matchers: readonly AddedMatcher[]): { lacking: AddedMatcher[]; clash?: string } {
  if (matcher.kind !== 'literal') return { lacking: [] };
  const ours = matcher.entries.filter(({ source }) => matchers.some((one) => one.source === source));
  // Only where the limiter is given the config are those of our spelling ours; else what the app has runs there as well.
  const areOurs = nodesIn(call, 'arguments').length > 1;
  const others = areOurs ? matcher.entries.filter((entry) => !ours.includes(entry)) : matcher.entries;
  const lacking = matchers.filter((one) => missedBy([...others, ...ours.filter(({ source }) => source === one.source)], one).length > 0);
  return { lacking, clash: !areOurs && lacking.length > 0 ? ours[0]?.source : undefined };
}

/** Whether a text is what the edit is there for: limited, and every address reached. */
function isDone(file: string, text: string, matchers: readonly AddedMatcher[]): boolean {
  const reading = readProxy({ read: () => text } as unknown as ReadTree, file);
  return reading.seam === 'limited' && unreached(reading, matchers).length === 0;
}

function fileOf({ proxyFile, name }: NextApp): string {
  if (proxyFile === undefined) throw new Error(`${name} has neither a proxy nor a middleware file to limit.`);
  return proxyFile;
}
