import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startRedisRest, type RedisRest } from '../../redis-rest/start-redis-rest';
import { renderRateLimitApp, type RateLimitApp } from '../../testing/rate-limit-app';
import { fetchEvent, loadRateLimit, requestTo, type LimitedProxy } from '../../testing/rate-limit-requests';

const INSTANCES = 10;
const CLIENTS = 50;
const LIMIT = 20;
const WINDOW = 2_000;
const WINDOWS = 4;
const RUN = WINDOW * WINDOWS;
/**
 * In ms. When a call was decided is not to be seen from outside: the instance writes down the time at which it asks,
 * which is after the call came and before its answer went. Calls that were decided a window apart can so be seen this
 * much nearer to each other.
 */
const TOLERANCE = 60;

interface Call {
  came: number;
  went: number;
  isAllowed: boolean;
}

let rest: RedisRest;
let app: RateLimitApp;
let lines: string[];
beforeEach(async () => {
  rest = await startRedisRest();
  lines = [];
  vi.spyOn(console, 'warn').mockImplementation((line: string) => void lines.push(line));
  vi.stubEnv('UPSTASH_REDIS_REST_URL', rest.url);
  vi.stubEnv('UPSTASH_REDIS_REST_TOKEN', rest.token);
  vi.stubEnv('VERCEL', undefined);
});
afterEach(async () => {
  app.remove();
  await rest.stop();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Instances as a platform starts them: each with modules of its own. */
async function startInstances(options: Record<string, unknown>, key: 'ip' | 'session' = 'ip'): Promise<LimitedProxy[]> {
  app = await renderRateLimitApp({ trustedProxies: 1, ...options });
  return Promise.all(Array.from({ length: INSTANCES }, async () => (await loadRateLimit(app))([{ path: '/api/:path*', limit: LIMIT, window: `${WINDOW} ms`, key }])()));
}

/** Calls of one client, evenly spread in time and over the instances; none waits for another. */
async function callEvenly(instances: LimitedProxy[], address: string, perWindow: number, until: number): Promise<Call[]> {
  const pending: Promise<Call>[] = [];
  const start = performance.now() + Math.random() * (WINDOW / perWindow);
  for (let index = 0; start + (index * WINDOW) / perWindow < until; index++) {
    const wait = start + (index * WINDOW) / perWindow - performance.now();
    if (wait > 0) await sleep(wait);
    pending.push(callOnce(instances[index % instances.length] as LimitedProxy, address));
  }
  return Promise.all(pending);
}

async function callOnce(proxy: LimitedProxy, address: string): Promise<Call> {
  const came = performance.now();
  const response = await proxy(requestTo('/api/x', { 'x-forwarded-for': address, cookie: `session=${address}` }), fetchEvent());
  return { came, went: performance.now(), isAllowed: response?.status !== 429 };
}

/** Most calls that were let through in any stretch of that length: all that surely lie in it. */
function mostIn(calls: Call[], length: number): number {
  const allowed = calls.filter(({ isAllowed }) => isAllowed);
  return Math.max(0, ...allowed.map(({ came: begin }) => allowed.filter(({ came, went }) => came >= begin && went <= begin + length).length));
}

async function load(instances: LimitedProxy[]): Promise<{ greedy: Call[][]; modest: Call[][]; questions: number; calls: number }> {
  const [requests, until] = [rest.counts().commands, performance.now() + RUN];
  const all = (network: string, perWindow: number) => Promise.all(Array.from({ length: CLIENTS }, (_, client) => callEvenly(instances, `${network}.${client}`, perWindow, until)));
  const [greedy, modest] = await Promise.all([all('198.51.100', 4 * LIMIT), all('203.0.113', 0.8 * LIMIT)]);
  return { greedy, modest, questions: rest.counts().commands - requests, calls: [...greedy, ...modest].flat().length };
}

/** Of what the limit lets through in that time, beginning with a full window. */
const admission = (clients: Call[][]) => clients.flat().filter(({ isAllowed }) => isAllowed).length / (CLIENTS * LIMIT * WINDOWS);

describe('ten instances, fifty clients at four times the limit and fifty under it', () => {
  it('hold the limit for each client in any stretch of a window, and refuse nobody who is under it', { timeout: 60_000 }, async () => {
    const { greedy, modest, questions, calls } = await load(await startInstances({}));
    expect(Math.max(...greedy.map((one) => mostIn(one, WINDOW - TOLERANCE)))).toBe(LIMIT);
    expect(modest.flat().filter(({ isAllowed }) => !isAllowed)).toEqual([]);
    expect(admission(greedy)).toBeGreaterThan(0.95);
    expect(admission(greedy)).toBeLessThan(1.05);
    // Who is over is known to be in each instance.
    expect(questions / calls).toBeLessThan(0.75);
    expect(lines.filter((line) => line.includes('Redis'))).toEqual([]);
  });

  it('with a lease ask less, go over by no more than the lease allows, and refuse nobody who is under it', { timeout: 60_000 }, async () => {
    const lease = 5;
    const { greedy, modest, questions, calls } = await load(await startInstances({ lease }));
    const overshoot = Math.max(...greedy.map((one) => mostIn(one, WINDOW - TOLERANCE))) - LIMIT;
    expect(overshoot).toBeLessThanOrEqual(INSTANCES * (lease - 1));
    expect(modest.flat().filter(({ isAllowed }) => !isAllowed)).toEqual([]);
    expect(admission(greedy)).toBeGreaterThan(0.95);
    expect(questions / calls).toBeLessThan(0.6);
  });
});

describe('one instance', () => {
  it('asks in few requests for many clients, and for none that is over, by address or by session', async () => {
    const [proxy] = (await startInstances({}, 'session')) as [LimitedProxy];
    await Promise.all(Array.from({ length: LIMIT * CLIENTS }, (_, index) => callOnce(proxy, `198.51.100.${index % CLIENTS}`)));
    const { requests, commands } = rest.counts();
    expect(requests).toBeLessThan((LIMIT * CLIENTS) / 20);
    // Of each session and of its address; the first time the script is not known.
    expect(commands).toBeGreaterThanOrEqual(2 * LIMIT * CLIENTS);
    expect(await callOnce(proxy, '198.51.100.1')).toMatchObject({ isAllowed: false });
    const known = rest.counts();
    for (let call = 0; call < 50; call++) expect(await callOnce(proxy, '198.51.100.1')).toMatchObject({ isAllowed: false });
    expect(rest.counts()).toEqual(known);
  });

  it('with a lease lets most calls through without a question, and counts them all', async () => {
    const [proxy, other] = (await startInstances({ lease: 5 })) as [LimitedProxy, LimitedProxy];
    let allowed = 0;
    for (let call = 0; call < LIMIT; call++) allowed += (await callOnce(proxy, '198.51.100.1')).isAllowed ? 1 : 0;
    expect(allowed).toBe(LIMIT);
    expect(rest.counts().commands).toBeLessThan(LIMIT * 0.7);
    // The last of them asked, since the credit shrinks with what is left; so the other knows.
    expect((await callOnce(other, '198.51.100.1')).isAllowed).toBe(false);
  });

  it('with a lease reports what calls at once let through on credit', async () => {
    const [proxy, other] = (await startInstances({ lease: 5 })) as [LimitedProxy, LimitedProxy];
    let allowed = 0;
    // Some find a credit while others still wait for the answer that will renew it.
    for (let round = 0; round < 12; round++) {
      const calls = [callOnce(proxy, '198.51.100.1'), callOnce(proxy, '198.51.100.1')];
      await Promise.race(calls);
      calls.push(callOnce(proxy, '198.51.100.1'), callOnce(proxy, '198.51.100.1'));
      for (const { isAllowed } of await Promise.all(calls)) allowed += isAllowed ? 1 : 0;
    }
    for (let call = 0; call < 2 * LIMIT; call++) allowed += (await callOnce(other, '198.51.100.1')).isAllowed ? 1 : 0;
    expect(allowed).toBeGreaterThanOrEqual(LIMIT);
    expect(allowed).toBeLessThanOrEqual(LIMIT + 2 * 4);
  });
});
