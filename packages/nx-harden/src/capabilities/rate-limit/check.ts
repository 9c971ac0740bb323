import type { Finding, ReadTree } from '../../capability';
import { readProxy, unreached, type AddedMatcher } from '../../edits/proxy';
import type { NextApp } from '../../next-app';
import { ownLimiter, settingsOf, type OwnLimiter } from './limiters';
import { LIMIT_MATCHERS } from './matchers';
import { hostElsewhere } from './hosting';
import { misplacedProxy, secondProxy } from './placement';

type Verdict = Pick<Finding, 'status' | 'message' | 'file'> & { flags?: string };

/** Looks whether requests are limited, where, and whether a client can get round it. */
export function checkRateLimit(tree: ReadTree, app: NextApp): Finding[] {
  const own = ownLimiter(tree, app);
  const verdicts: Record<string, Verdict> = {
    limits: checkLimits(tree, app, own),
    ...checkReach(tree, app, own),
    ...(own ? checkOwn(own) : { ...checkMode(tree, app), ...checkClient(tree, app) }),
    ...checkPlacement(tree, app),
  };
  return Object.entries(verdicts).map(([name, { flags = '', ...verdict }]) => ({
    check: `rate-limit/${name}`,
    ...verdict,
    ...(verdict.status !== 'pass' && !own && { fix: `nx g @chronos/nx-harden:rate-limit ${app.shortName}${flags}` }),
    docs: `rate-limit#${name}`,
  }));
}

function checkLimits(tree: ReadTree, app: NextApp, own: OwnLimiter | undefined): Verdict {
  const file = app.proxyFile;
  if (app.isStaticExport) return { status: 'warn', message: "output: 'export' makes plain files: limit requests where they are served", file: app.configFile };
  if (own) return { status: 'pass', message: 'Requests are limited by a limiter of your own', file: own.file };
  if (file && readProxy(tree, file).seam === 'limited' && settingsOf(tree, app)) return { status: 'pass', message: 'Requests are limited before anything else runs', file };
  return { status: 'fail', message: 'Nothing limits how often one client may call: passwords can be guessed, and one script can keep the app busy' };
}

/** A matcher that leaves the API out is the main trap: the limiter is there, and never runs. */
function checkReach(tree: ReadTree, app: NextApp, own: OwnLimiter | undefined): Record<string, Verdict> {
  const file = app.proxyFile;
  if (!file || (!own && !settingsOf(tree, app))) return {};
  const reading = readProxy(tree, file);
  const status = own ? 'warn' : 'fail';
  if (reading.matcher.kind === 'dynamic') return { reach: { status, message: `The matcher cannot be read, so nobody can say which addresses the limits reach: ${reading.matcher.why}`, file } };
  const missed = unreached(reading, LIMIT_MATCHERS);
  if (missed.length === 0) return { reach: { status: 'pass', message: 'The matcher lets the API, the pages and Server Functions reach the limits', file } };
  return { reach: { status, message: `The matcher keeps the limits from running at ${[...new Set(missed.flatMap(placesOf))].join(', ')}`, file } };
}

/** Addresses that are not reached; with a condition, it is Server Functions that are not, of which any address would do. */
function placesOf({ has, samples }: AddedMatcher): readonly string[] {
  return has ? [`Server Functions at addresses such as ${samples.find((sample) => sample.includes('.')) ?? samples[0]}`] : samples;
}

function checkMode(tree: ReadTree, app: NextApp): Record<string, Verdict> {
  const settings = settingsOf(tree, app);
  if (!settings) return {};
  if (settings.mode === 'report') {
    return { mode: { status: 'warn', message: 'The limits only report: nobody is refused yet', file: settings.file, flags: ' --mode=enforce' } };
  }
  return { mode: { status: 'pass', message: 'Who is over the limit is refused', file: settings.file } };
}

function checkOwn({ trustsForwardedFor, file }: OwnLimiter): Record<string, Verdict> {
  if (!trustsForwardedFor) return {};
  return { client: { status: 'warn', message: 'It counts by X-Forwarded-For, which a client can write anywhere but on Vercel: a new value is a new client', file } };
}

/** Without an address that somebody vouches for, all that tells clients apart is what they say of themselves. */
function checkClient(tree: ReadTree, app: NextApp): Record<string, Verdict> {
  const settings = settingsOf(tree, app);
  const host = settings && settings.trustedProxies === 0 ? hostElsewhere(tree, app) : undefined;
  if (!settings || !host) return {};
  return { client: { status: 'fail', message: `${host} says that the app runs elsewhere than on Vercel, where nobody vouches for a client's address: trustedProxies is 0`, file: settings.file, flags: ' --trustedProxies=1' } };
}

function checkPlacement(tree: ReadTree, app: NextApp): Record<string, Verdict> {
  const misplaced = misplacedProxy(tree, app)?.file;
  if (misplaced) return { placement: { status: 'fail', message: 'Next does not read it there, and its build says nothing', file: misplaced } };
  const second = secondProxy(tree, app);
  if (second) return { placement: { status: 'fail', message: `Next reads one of the two, and its version 16 builds with neither: ${app.proxyFile} is the other`, file: second } };
  return {};
}
