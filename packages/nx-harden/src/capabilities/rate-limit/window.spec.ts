import { createHash } from 'node:crypto';
import { Redis } from '@upstash/redis';
import { array, assert, asyncProperty, constantFrom, integer, nat, oneof, property, record } from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRedisRest, type RedisRest } from '../../redis-rest/start-redis-rest';
import { MemoryStore } from './files/rate-limiter/memory-store';
import { RedisStore } from './files/rate-limiter/redis-store';
import { RecentMap, type Check, type Verdict } from './files/rate-limiter/store';
import { WINDOW_SCRIPT, WINDOW_SCRIPT_SHA } from './files/rate-limiter/window-script';

const START = 1_800_000_000_000;
/** Long, since Redis forgets by its own clock and not by that of the test. */
const WINDOW = 600_000;

/** The rule, written down plainly. */
class Model {
  private readonly calls = new Map<string, number[]>();

  check({ key, limit, window, spent, spentAt }: Check, now: number): Verdict {
    let calls = this.calls.get(key) ?? [];
    // A call a whole window ahead comes from a wrong clock.
    if (calls.some((at) => at > now + window)) calls = [];
    calls = [...calls, ...Array.from({ length: spent }, () => spentAt)].filter((at) => at > now - window);
    const clock = Math.max(now, ...calls);
    const isAllowed = calls.length < limit;
    if (isAllowed) calls.push(clock);
    this.calls.set(key, calls);
    const leaving = [...calls].sort((a, b) => b - a).slice(0, limit).at(-1) ?? clock;
    return { isAllowed, remaining: Math.max(0, limit - calls.length), wait: Math.min(window, Math.max(1, leaving + window - clock)) };
  }
}

let rest: RedisRest;
let redis: Redis;
beforeAll(async () => {
  rest = await startRedisRest();
  redis = new Redis({ url: rest.url, token: rest.token, enableTelemetry: false, automaticDeserialization: false });
});
afterAll(() => rest.stop());
afterEach(() => {
  vi.useRealTimers();
});

interface Step {
  client: string;
  /** Since the call before; a clock that is late or early goes back or far ahead. */
  after: number;
  spent: number;
  spentBefore: number;
}
const step = (late: number) =>
  record<Step>({ client: constantFrom('a', 'b'), after: oneof({ weight: 6, arbitrary: integer({ min: -late, max: WINDOW / 3 }) }, constantFrom(0, 1, WINDOW / 2, WINDOW - 1, WINDOW, WINDOW + 1, -WINDOW, -WINDOW - 1, 4 * WINDOW)), spent: constantFrom(0, 0, 0, 1, 3), spentBefore: oneof(nat(WINDOW * 1.2), constantFrom(0, WINDOW - 1, WINDOW)) });
const limits = integer({ min: 1, max: 5 });

describe('a call in the window', () => {
  it('is judged by Redis and by an instance alone as the rule says, also with clocks that are late or early', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const store = new RedisStore(rest.url, rest.token);
    let run = 0;
    await assert(
      asyncProperty(array(step(WINDOW * 1.5), { minLength: 1, maxLength: 25 }), limits, async (steps, limit) => {
        const [model, memory] = [new Model(), new MemoryStore()];
        run++;
        let now = START;
        for (const { client, after, spent, spentBefore } of steps) {
          now += after;
          vi.setSystemTime(now);
          const check: Check = { key: `${run}:${client}`, limit, window: WINDOW, spent, spentAt: now - spentBefore };
          const wanted = model.check(check, now);
          expect(memory.check(check, now), 'alone').toEqual(wanted);
          expect(await store.check(check), 'in Redis').toEqual(wanted);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is never the one too many of any stretch as long as the window', () => {
    assert(
      property(array(nat(WINDOW / 4), { maxLength: 60 }), limits, (steps, limit) => {
        const memory = new MemoryStore();
        const allowed: number[] = [];
        let now = START;
        for (const after of steps) {
          now += after;
          const isAllowed = memory.check({ key: 'a', limit, window: WINDOW, spent: 0, spentAt: now }, now).isAllowed;
          const before = allowed.filter((at) => at > now - WINDOW).length;
          expect(isAllowed).toBe(before < limit);
          if (isAllowed) allowed.push(now);
        }
      }),
    );
  });

  it('is judged with no more tolerance than the clocks of the instances differ', () => {
    const skew = 20_000;
    assert(
      property(array(record({ after: nat(WINDOW / 4), off: integer({ min: -skew, max: skew }) }), { maxLength: 60 }), limits, (steps, limit) => {
        const memory = new MemoryStore();
        const allowed: number[] = [];
        let truth = START;
        for (const { after, off } of steps) {
          truth += after;
          const { isAllowed } = memory.check({ key: 'a', limit, window: WINDOW, spent: 0, spentAt: truth }, truth + off);
          const within = (stretch: number) => allowed.filter((at) => at > truth - stretch).length;
          if (isAllowed) expect(within(WINDOW - 2 * skew)).toBeLessThan(limit);
          else expect(within(WINDOW + 2 * skew)).toBeGreaterThanOrEqual(limit);
          if (isAllowed) allowed.push(truth);
        }
      }),
    );
  });

  it('is free again after the wait that the last one was told', () => {
    assert(
      property(array(nat(WINDOW / 4), { minLength: 1, maxLength: 30 }), limits, (steps, limit) => {
        const ask = (memory: MemoryStore, now: number) => memory.check({ key: 'a', limit, window: WINDOW, spent: 0, spentAt: now }, now);
        let now = START;
        const history: number[] = [];
        const memory = new MemoryStore();
        for (const after of steps) {
          now += after;
          history.push(now);
          const { isAllowed, wait } = ask(memory, now);
          if (isAllowed) continue;
          const replay = () => history.reduce((one, at) => (ask(one, at), one), new MemoryStore());
          expect(ask(replay(), now + wait).isAllowed).toBe(true);
          expect(ask(replay(), now + wait - 1).isAllowed).toBe(false);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('in Redis', () => {
  const times = (limit: number, spent = 0) => {
    const now = Date.now();
    return [now, limit, WINDOW, spent, now, now - WINDOW, now + WINDOW].map(String);
  };

  it('the script is known by its hash', () => {
    expect(WINDOW_SCRIPT_SHA).toBe(createHash('sha1').update(WINDOW_SCRIPT).digest('hex'));
  });

  it('a client takes 13 bytes a call, goes when its window is over, and writes nothing while it is over', async () => {
    for (let call = 0; call < 9; call++) await redis.eval(WINDOW_SCRIPT, ['size'], times(4));
    expect(await redis.strlen('size')).toBe(4 * 13);
    const left = await redis.pttl('size');
    expect(left).toBeGreaterThan(WINDOW - 10_000);
    expect(left).toBeLessThanOrEqual(WINDOW);
    await redis.pexpire('size', 1_000);
    await redis.eval(WINDOW_SCRIPT, ['size'], times(4));
    expect(await redis.pttl('size')).toBeLessThanOrEqual(1_000);
    await redis.eval(WINDOW_SCRIPT, ['size'], times(4, 3));
    expect(await redis.strlen('size')).toBe(7 * 13);
  });

  it('a key that is spoilt fails, and no other of the same request', async () => {
    await redis.lpush('spoilt', 'x');
    const store = new RedisStore(rest.url, rest.token);
    const before = rest.counts().requests;
    const settled = await Promise.allSettled(['spoilt', 'whole'].map((key) => store.check({ key, limit: 2, window: WINDOW, spent: 0, spentAt: 0 })));
    expect(settled).toEqual([{ status: 'rejected', reason: expect.objectContaining({ message: expect.stringContaining('WRONGTYPE') }) }, { status: 'fulfilled', value: { isAllowed: true, remaining: 1, wait: WINDOW } }]);
    expect(rest.counts().requests - before).toBe(1);
  });

  it('a limit of 10000 is one call of some milliseconds', async () => {
    const now = Date.now();
    await redis.set('many', String(now - 1_000).repeat(9_999), { px: WINDOW });
    const reply = await redis.eval(WINDOW_SCRIPT, ['many'], times(10_000));
    expect(reply).toEqual([[1, expect.any(Number)]]);
    expect(await redis.eval(WINDOW_SCRIPT, ['many'], times(10_000))).toEqual([[0, expect.any(Number)]]);
  });
});

describe('the memory of an instance', () => {
  const sizeOf = (map: RecentMap<unknown>): number => (map as unknown as { entries: Map<string, unknown> }).entries.size;
  const logsOf = (memory: MemoryStore): RecentMap<number[]> => (memory as unknown as { logs: RecentMap<number[]> }).logs;

  it('forgets what was not set for longest', () => {
    const map = new RecentMap<number>(3);
    for (const [key, value] of [['a', 1], ['b', 2], ['c', 3], ['a', 4], ['d', 5]] as const) map.set(key, value);
    expect(['a', 'b', 'c', 'd'].map((key) => map.get(key))).toEqual([4, undefined, 3, 5]);
    map.delete('a');
    expect(map.get('a')).toBeUndefined();
    expect(sizeOf(map)).toBe(2);
  });

  it('is as large for fifty thousand clients as for ten thousand', () => {
    const memory = new MemoryStore();
    for (let client = 0; client < 50_000; client++) memory.check({ key: String(client), limit: 2, window: WINDOW, spent: 0, spentAt: START }, START);
    expect(sizeOf(logsOf(memory))).toBe(10_000);
  });

  it('holds no more of one client than its limit', () => {
    const memory = new MemoryStore();
    for (let call = 0; call < 1_000; call++) memory.check({ key: 'a', limit: 3, window: WINDOW, spent: 0, spentAt: START }, START + call);
    expect(logsOf(memory).get('a')).toHaveLength(3);
  });
});
