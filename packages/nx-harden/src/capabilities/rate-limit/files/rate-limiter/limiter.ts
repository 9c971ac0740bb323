import type { NextFetchEvent, NextRequest } from 'next/server';
import type { Outcome } from './answer';
import { clientOf, type Identify } from './client';
import { GuardedStore, type GuardedVerdict } from './guarded-store';
import { MemoryStore } from './memory-store';
import { isDue } from './notices';
import type { Limit } from './policy';
import { RedisStore } from './redis-store';
import { RecentMap, type Check } from './store';
import { settings } from './settings';
import { inTurn } from './turns';

/** What is known of a client under one policy without asking. */
interface Memo {
  /** Nothing is free before (epoch, ms). */
  blockedUntil: number;
  /** Calls that may still pass on credit, until then, and those that did since the store was asked. */
  credit: number;
  creditUntil: number;
  spent: number;
  spentAt: number;
}

const MOST_MEMOS = 20_000;
/** Longest that calls pass on credit, in ms. */
const LONGEST_CREDIT = 1_000;
/** A cookie or a look can be made up, so what is behind all of them has this many times the limit. */
const CLIENTS_BEHIND = 10;

/** Decides about requests. One per instance of the app. */
export class Limiter {
  private readonly memos = new RecentMap<Memo>(MOST_MEMOS);
  private readonly memory = new MemoryStore();
  private readonly identify: Identify | undefined;
  private guarded: GuardedStore | undefined;

  constructor(identify: Identify | undefined) {
    this.identify = identify;
  }

  /** What becomes of a request under a limit. Never rejects for the store's sake. */
  async decide(request: NextRequest, event: NextFetchEvent | undefined, policy: Limit): Promise<Outcome> {
    const client = await clientOf(request, policy, settings.trustedProxies, this.identify);
    const { behind } = client;
    if ((behind ?? client).kind === 'unknown') sayUnknown();
    const limit = client.kind === 'unknown' ? stricter(policy) : policy;
    const key = keyOf(limit, client.kind, client.id) + wayOf(request);
    if (!behind) return this.ask(key, limit, event);
    const shared = { ...policy, limit: policy.limit * CLIENTS_BEHIND };
    const sharedKey = keyOf(limit, `behind-${behind.kind}`, behind.id);
    // Who is over by one of the two is not asked about by the other.
    const over = this.overOf(key, limit) ?? this.overOf(sharedKey, shared);
    if (over) return over;
    const [first, second] = await Promise.all([this.ask(key, limit, event), this.ask(sharedKey, shared, event)]);
    return second.isAllowed ? first : second;
  }

  /** The outcome for a client that is known to be over its limit. */
  private overOf(key: string, limit: Limit, now = Date.now()): Outcome | undefined {
    const { blockedUntil = 0 } = this.memos.get(key) ?? {};
    // Further off than a window is only what a clock said that was put back since.
    return blockedUntil > now && blockedUntil <= now + limit.window ? { limit, isAllowed: false, remaining: 0, wait: blockedUntil - now, isUnknown: false } : undefined;
  }

  private async ask(key: string, limit: Limit, event: NextFetchEvent | undefined): Promise<Outcome> {
    const now = Date.now();
    const over = this.overOf(key, limit, now);
    if (over) return over;
    const memo = this.memos.get(key);
    if (memo && memo.credit > 0 && memo.creditUntil > now) {
      memo.credit--;
      memo.spent++;
      memo.spentAt = now;
      return { limit, isAllowed: true, remaining: memo.credit, wait: memo.creditUntil - now, isUnknown: false };
    }
    const { spent, spentAt } = memo && memo.spentAt > now - limit.window ? memo : { spent: 0, spentAt: now };
    if (memo) memo.spent = 0;
    const check = { key, limit: limit.limit, window: limit.window, spent, spentAt };
    const store = this.store();
    const { isAllowed, remaining, wait, isAlone } = store ? await store.check(check, { isClosed: limit.onError === 'closed', later: (work) => event?.waitUntil(work) }) : await this.countHere(check);
    if (isAlone && limit.onError === 'closed') return { limit, isAllowed: false, remaining: 0, wait: 5_000, isUnknown: true };
    this.remember(key, limit, isAllowed, remaining, wait, now);
    return { limit, isAllowed, remaining, wait, isUnknown: false };
  }

  private remember(key: string, limit: Limit, isAllowed: boolean, remaining: number, wait: number, now: number): void {
    // An answer that came while this one was awaited may have let calls through on its credit.
    const { spent = 0, spentAt = 0 } = this.memos.get(key) ?? {};
    // What is left shrinks the credit, so that the limit itself is counted call by call.
    const credit = isAllowed && limit.onError === 'open' ? Math.max(0, Math.min(settings.lease - 1 - spent, Math.floor(remaining / 4))) : 0;
    if (isAllowed && credit === 0 && spent === 0) return this.memos.delete(key);
    this.memos.set(key, {
      blockedUntil: isAllowed ? 0 : Date.now() + wait,
      credit,
      creditUntil: now + Math.min(LONGEST_CREDIT, limit.window / 10),
      spent,
      spentAt,
    });
  }

  private async countHere(check: Check): Promise<GuardedVerdict> {
    const verdict = this.memory.check(check);
    if (verdict.isAllowed) await inTurn();
    return { ...verdict, isAlone: false };
  }

  /** Undefined: there is none, and each instance counts by itself. */
  private store(): GuardedStore | undefined {
    if (this.guarded) return this.guarded;
    const { url, token } = addressOfStore();
    if (!url || !token) return undefined;
    this.guarded = new GuardedStore(new RedisStore(url, token), this.memory, (line) => console.warn(`[rate-limit] ${line}`));
    return this.guarded;
  }
}

/**
 * Says, when the app starts, that there is no Redis for it. Throws in production with `withoutStore: 'error'`; not while
 * the app is built, where secrets need not be.
 */
export function needStore(): void {
  const { url, token } = addressOfStore();
  const { NEXT_PHASE, NODE_ENV } = process.env;
  if ((url && token) || NEXT_PHASE === 'phase-production-build') return;
  const missing = 'UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN (or KV_REST_API_URL and KV_REST_API_TOKEN) are not set';
  if (settings.withoutStore === 'error' && NODE_ENV === 'production') throw new Error(`[rate-limit] ${missing}. Set them, or set withoutStore to 'warn'.`);
  console.warn(`[rate-limit] ${missing}: each instance counts by itself.`);
}

/** Upstash's own names, and those of its integration with Vercel. */
function addressOfStore(): { url: string | undefined; token: string | undefined } {
  const { UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN, KV_REST_API_URL, KV_REST_API_TOKEN } = process.env;
  return { url: UPSTASH_REDIS_REST_URL || KV_REST_API_URL, token: UPSTASH_REDIS_REST_TOKEN || KV_REST_API_TOKEN };
}

function keyOf({ name }: Limit, kind: string, id: string): string {
  const { VERCEL_ENV, NODE_ENV } = process.env;
  return `${settings.prefix}:${VERCEL_ENV ?? NODE_ENV}:${name}:${kind}:${id}`;
}

/** What a page fetches by itself, such as the pages behind its links, must not take the place of a page that a person opens. */
function wayOf({ method, headers, nextUrl }: NextRequest): string {
  const isPage = (method === 'GET' || method === 'HEAD') && nextUrl.pathname.indexOf('/api') !== 0;
  return isPage && headers.get('sec-fetch-dest') === 'empty' ? ':fetch' : '';
}

function stricter(limit: Limit): Limit {
  return { ...limit, limit: Math.max(1, Math.floor(limit.limit / 2)) };
}

function sayUnknown(): void {
  if (!isDue('unknown')) return;
  console.warn('[rate-limit] A client has no address that somebody vouches for, so it gets half the limit. On Vercel, let it expose its system environment variables; elsewhere, say how many proxies stand in front: trustedProxies in rate-limiter/settings.');
}
