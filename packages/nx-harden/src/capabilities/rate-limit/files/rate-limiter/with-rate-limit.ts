import type { NextFetchEvent, NextMiddleware, NextRequest } from 'next/server';
import { refusal, withFields, type Outcome } from './answer';
import { BYPASS_HEADER, isBypassed } from './bypass';
import type { Identify } from './client';
import { Limiter, needStore } from './limiter';
import { isDue } from './notices';
import { policyFinder, type Limit, type Policy } from './policy';
import { ownScope } from './scope';
import { settings } from './settings';

export type { Policy } from './policy';

type Mode = 'enforce' | 'report' | 'off';
type Handler = (request: NextRequest, event: NextFetchEvent | undefined) => unknown;
/** What Next calls; a test of the app's may leave the event out. */
type LimitedProxy = (request: NextRequest, event?: NextFetchEvent) => ReturnType<NextMiddleware>;
/** Browsers ask seldom; whoever asks without pause is no browser. */
const PREFLIGHTS = 10;

/**
 * Makes `withRateLimit` for a table of policies. `identify` says who is signed in, as the app has verified it: what
 * policies with `key: 'user'` count by. Throws for a table that makes no sense.
 */
export function createRateLimit(policies: readonly Policy[], { identify }: { identify?: Identify } = {}) {
  const find = policyFinder(policies);
  const limiter = new Limiter(identify);
  const mode = modeOf();
  if (mode !== 'off') needStore();

  /**
   * Counts first, then calls the app's own handler; its answer stays as it is, with the limit's fields added. With
   * `config`, the handler runs only where the matcher had it before the limits came. The first form lends its types to a
   * handler that is written in place; the second takes every other one.
   */
  function withRateLimit(handler: NextMiddleware, config?: () => { matcher?: unknown }): LimitedProxy;
  function withRateLimit<Given extends (...given: never[]) => unknown>(handler?: Given, config?: () => { matcher?: unknown }): LimitedProxy;
  function withRateLimit(handler?: unknown, config?: () => { matcher?: unknown }): LimitedProxy {
    const isOwn = config ? ownScope(config) : () => true;
    const own = handler as Handler | undefined;
    const answerOf = (request: NextRequest, event: NextFetchEvent | undefined) =>
      (own && isOwn(request) ? own(request, event) : undefined) as Promise<Response | undefined> | Response | undefined;

    // Next runs a Server Function at any address, also at one that is not limited for what it is there for.
    const limitFor = (request: NextRequest) => find(request.nextUrl.pathname, request.method) ?? (isServerFunction(request) ? find('/', request.method) : undefined);

    return async function rateLimited(request, event) {
      const limit = mode === 'off' ? undefined : limitFor(request);
      if (!limit) return answerOf(request, event);
      if (request.headers.has(BYPASS_HEADER) && (await isBypassed(request.headers))) return answerOf(request, event);
      const outcome = await limiter.decide(request, event, isPreflight(request) ? { ...limit, name: `preflight ${limit.name}`, limit: limit.limit * PREFLIGHTS } : limit);
      if (!outcome.isAllowed) {
        sayRefused(limit, outcome, mode);
        if (mode === 'enforce') return refusal(request, outcome);
      }
      return withFields(await answerOf(request, event), outcome);
    };
  }
  return withRateLimit;
}

/** By its header, or as the form of a browser without JavaScript. */
function isServerFunction({ method, headers, nextUrl }: NextRequest): boolean {
  const isForm = /^(multipart\/form-data|application\/x-www-form-urlencoded)/i.test(headers.get('content-type') ?? '');
  return method === 'POST' && (headers.has('next-action') || (isForm && nextUrl.pathname.indexOf('/api/') !== 0));
}

/** A browser asks by itself whether it may, and refused, its page would see a network error: so it does not count as a call. */
function isPreflight({ method, headers }: NextRequest): boolean {
  return method === 'OPTIONS' && headers.has('access-control-request-method') && headers.has('origin');
}

/** As the generator was told; RATE_LIMIT_MODE says otherwise for one environment, such as tests in a browser. */
function modeOf(): Mode {
  const { RATE_LIMIT_MODE: wanted } = process.env;
  if (wanted === 'enforce' || wanted === 'report' || wanted === 'off') return wanted;
  if (wanted) console.warn('[rate-limit] RATE_LIMIT_MODE is neither enforce, report nor off, so it does not count.');
  return settings.mode;
}

function sayRefused({ name }: Limit, { isUnknown }: Outcome, mode: Mode): void {
  if (!isDue(`refused ${name}`)) return;
  const verb = mode === 'report' ? 'Would refuse' : 'Refuses';
  const why = isUnknown ? 'Redis does not answer, and the policy is closed then' : 'more than its limit';
  console.warn(`[rate-limit] ${verb} calls under "${name}": ${why}. Said at most once a minute.`);
}
