import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startRedisRest, type RedisRest } from '../../redis-rest/start-redis-rest';
import { renderRateLimitApp, type RateLimitApp } from '../../testing/rate-limit-app';
import { fetchEvent, loadRateLimit, requestTo, type LimitedProxy } from '../../testing/rate-limit-requests';
import { startFaultGate } from '../../testing/redis-faults';
import type { Policy } from './files/rate-limiter/policy';

const INSTANCES = 10;
const CLIENTS = 50;
const LIMIT = 10;
const WINDOW = 4_000;
const WINDOWS = 3;
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
  /** Redis did not say in time: this machine is too busy. Only where the policy is closed can that be seen. */
  isUnknown: boolean;
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
async function startInstances(options: Record<string, unknown>, more: Partial<Policy> = {}): Promise<LimitedProxy[]> {
  app = await renderRateLimitApp({ trustedProxies: 1, ...options });
  return Promise.all(Array.from({ length: INSTANCES }, async () => (await loadRateLimit(app))([{ path: '/api/:path*', limit: LIMIT, window: `${WINDOW} ms`, ...more }])()));
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
  return { came, went: performance.now(), isAllowed: response?.status === 200, isUnknown: response?.status === 503 };
}

/** Most calls that were let through in any stretch of that length: all that surely lie in it. */
function mostIn(calls: Call[], length: number): number {
  const allowed = calls.filter(({ isAllowed }) => isAllowed);
  return Math.max(0, ...allowed.map(({ came: begin }) => allowed.filter(({ came, went }) => came >= begin && went <= begin + length).length));
}

/** Refused calls of clients that had not made as many in the window before. A machine that stands still for a while makes up for it in a burst. */
function wronglyRefused(clients: Call[][], length: number): Call[] {
  return clients.flatMap((calls) =>
    calls.filter(({ isAllowed, isUnknown, came, went }) => !isAllowed && !isUnknown && calls.filter((other) => other.went > came - length && other.came < went).length <= LIMIT),
  );
}

/** Loads again when the machine was too busy for Redis to answer in time, which says nothing about the limits. */
async function loadInPeace(instances: LimitedProxy[]): ReturnType<typeof load> {
  let loaded = await load(instances);
  for (let again = 0; again < 2 && unknownIn(loaded) > 0; again++) {
    // The window empties, and the circuit closes.
    await sleep(WINDOW);
    loaded = await load(instances);
  }
  return loaded;
}

const unknownIn = ({ greedy, modest, calls }: Awaited<ReturnType<typeof load>>) => [...greedy, ...modest].flat().filter(({ isUnknown }) => isUnknown).length / calls;

/** Each is one GET in the script. */
async function questionsAsked(): Promise<number> {
  const response = await fetch(rest.url, { method: 'POST', headers: { authorization: `Bearer ${rest.token}` }, body: '["INFO","commandstats"]' });
  const { result } = (await response.json()) as { result: string };
  return Number(/^cmdstat_get:calls=(\d+)/m.exec(result)?.[1] ?? 0);
}

async function load(instances: LimitedProxy[]): Promise<{ greedy: Call[][]; modest: Call[][]; questions: number; calls: number }> {
  // The first call of an instance opens its connection.
  await Promise.all(instances.map((instance, index) => callOnce(instance, `192.0.2.${index}`)));
  const [before, until] = [await questionsAsked(), performance.now() + RUN];
  const all = (network: string, perWindow: number) => Promise.all(Array.from({ length: CLIENTS }, (_, client) => callEvenly(instances, `${network}.${client}`, perWindow, until)));
  const [greedy, modest] = await Promise.all([all('198.51.100', 4 * LIMIT), all('203.0.113', 0.8 * LIMIT)]);
  return { greedy, modest, questions: (await questionsAsked()) - before, calls: [...greedy, ...modest].flat().length };
}

/** Of what the limit lets through in that time, beginning with a full window. */
const admission = (clients: Call[][], isAdmitted = ({ isAllowed }: Call) => isAllowed) => clients.flat().filter(isAdmitted).length / (CLIENTS * LIMIT * WINDOWS);

describe('ten instances, fifty clients at four times the limit and fifty under it', () => {
  it('hold the limit for each client in any stretch of a window, and refuse nobody who is under it', { timeout: 90_000 }, async () => {
    const loaded = await loadInPeace(await startInstances({}, { onError: 'closed' }));
    const { greedy, modest, questions, calls } = loaded;
    expect(Math.max(...greedy.map((one) => mostIn(one, WINDOW - TOLERANCE)))).toBeLessThanOrEqual(LIMIT);
    expect(wronglyRefused(modest, WINDOW + TOLERANCE)).toEqual([]);
    // Redis may have counted what it said too late.
    expect(admission(greedy, ({ isAllowed, isUnknown }) => isAllowed || isUnknown)).toBeGreaterThan(0.95);
    expect(admission(greedy)).toBeLessThan(1.05);
    expect(unknownIn(loaded)).toBeLessThan(0.05);
    // Who is over is known to be in each instance.
    expect(questions / calls).toBeLessThan(0.75);
    expect(lines.filter((line) => line.includes('Redis'))).toEqual([]);
  });

  it('with a lease ask less, go over by no more than the lease allows, and refuse nobody who is under it', { timeout: 90_000 }, async () => {
    const lease = 5;
    const { greedy, modest, questions, calls } = await load(await startInstances({ lease }));
    const overshoot = Math.max(...greedy.map((one) => mostIn(one, WINDOW - TOLERANCE))) - LIMIT;
    expect(overshoot).toBeLessThanOrEqual(INSTANCES * (lease - 1));
    // A call on credit is written down when the credit ends, up to a tenth of the window later.
    expect(wronglyRefused(modest, WINDOW * 1.1 + TOLERANCE)).toEqual([]);
    expect(admission(greedy)).toBeGreaterThan(0.95);
    expect(questions / calls).toBeLessThan(0.6);
  });
});

describe('one instance', () => {
  it('asks in few requests for many clients, and for none that is over, by address or by session', async () => {
    const [proxy] = (await startInstances({}, { key: 'session' })) as [LimitedProxy];
    const clients = 20;
    await callOnce(proxy, '192.0.2.1');
    const [before, asked] = [rest.counts(), await questionsAsked()];
    await Promise.all(Array.from({ length: LIMIT * clients }, (_, index) => callOnce(proxy, `198.51.100.${index % clients}`)));
    const { requests, commands } = rest.counts();
    expect(requests - before.requests).toBeLessThan((LIMIT * clients) / 20);
    // Of each session and of its address.
    expect((await questionsAsked()) - asked).toBe(2 * LIMIT * clients);
    // Upstash bills by the command.
    expect(commands - before.commands).toBe(requests - before.requests);
    expect(await callOnce(proxy, '198.51.100.1')).toMatchObject({ isAllowed: false });
    const known = rest.counts();
    for (let call = 0; call < 50; call++) expect(await callOnce(proxy, '198.51.100.1')).toMatchObject({ isAllowed: false });
    expect(rest.counts()).toEqual(known);
  });

  it('with a lease lets most calls through without a question, and counts them all', async () => {
    const limit = 40;
    const [proxy, other] = (await startInstances({ lease: 5 }, { limit })) as [LimitedProxy, LimitedProxy];
    let allowed = 0;
    for (let call = 0; call < limit; call++) allowed += (await callOnce(proxy, '198.51.100.1')).isAllowed ? 1 : 0;
    expect(allowed).toBe(limit);
    expect(await questionsAsked()).toBeLessThan(limit / 2);
    // The last of them asked, since the credit shrinks with what is left; so the other knows.
    expect((await callOnce(other, '198.51.100.1')).isAllowed).toBe(false);
  });

  it('with a lease counts what passed on the credit of one answer while another was awaited', async () => {
    const limit = 40;
    const gate = await startFaultGate(rest.url);
    try {
      await gate.become('far');
      vi.stubEnv('UPSTASH_REDIS_REST_URL', gate.url);
      const [proxy, other] = (await startInstances({ lease: 5 }, { limit, window: '60 s' })) as [LimitedProxy, LimitedProxy];
      const pending: Promise<Call>[] = [];
      for (let call = 0; call < 2 * limit; call++) {
        pending.push(callOnce(proxy, '198.51.100.1'));
        await sleep(20);
      }
      await Promise.all(pending);
      await gate.become('none');
      for (let call = 0; call < limit; call++) pending.push(callOnce(other, '198.51.100.1'));
      const allowed = (await Promise.all(pending)).filter(({ isAllowed }) => isAllowed).length;
      expect(allowed).toBeGreaterThanOrEqual(limit);
      expect(allowed).toBeLessThanOrEqual(limit + 2 * 4);
    } finally {
      await gate.stop();
    }
  });
});
