import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { renderRateLimitApp } from '../../testing/rate-limit-app';
import { FAULT_TOKEN, REDIS_FAULTS, startFaultLab, type FaultFigures } from '../../testing/rate-limit-faults';
import { admitted, loadRateLimit, requestTo } from '../../testing/rate-limit-requests';
import { GuardedStore } from './files/rate-limiter/guarded-store';
import { MemoryStore } from './files/rate-limiter/memory-store';
import type { Store } from './files/rate-limiter/store';

let lab: Awaited<ReturnType<typeof startFaultLab>>;
beforeAll(async () => {
  lab = await startFaultLab();
});
afterAll(() => lab.stop());

const REASONS: Record<string, string> = {
  refused: 'cannot be asked (ECONNREFUSED)',
  'black hole': 'does not answer in time',
  slow: 'does not answer in time',
  'wrong token': 'refuses the token (UPSTASH_REDIS_REST_TOKEN)',
  HTML: 'is not what answers (UPSTASH_REDIS_REST_URL)',
};

describe.each(REDIS_FAULTS)('a Redis that $name', ({ fault, isHidden = false }) => {
  it(isHidden ? 'is noticed by nobody' : 'fails no request, delays few, and counts again when it is back', async () => {
    const figures: FaultFigures = await lab.run(fault, 1_500);
    expect(figures.errors).toEqual([]);
    expect(figures.slowest).toBeLessThan(500);
    expect(figures.most).toBeLessThanOrEqual(figures.limit);
    expect(figures.most).toBeGreaterThan(figures.limit / 2);
    expect(figures.said.join('\n')).not.toMatch(new RegExp(`203\\.0\\.113|198\\.51\\.100|${FAULT_TOKEN}|another`));
    expect(figures.isBack).toBe(true);
    if (isHidden) {
      expect(figures.lines).toEqual([]);
      expect(figures.closed).toEqual(['200 null true']);
      expect(figures.p50).toBeLessThan(100);
      return;
    }
    expect(figures.lines).toEqual([expect.stringContaining(REASONS[fault] ?? '[rate-limit] Redis '), expect.stringMatching(/^\[rate-limit\] Redis answers again, after \d+ s\.$/)]);
    expect(figures.lines[0]).toMatch(/^\[rate-limit\] Redis .*\. Each instance counts by itself until it answers again\.$/);
    expect(figures.closed).toEqual(['503 5 false']);
    // Left alone, and asked again every two seconds.
    expect(figures.asked).toBeLessThanOrEqual(1);
  });
});

describe('a failure', () => {
  const check = { key: 'a', limit: 5, window: 60_000, spent: 0, spentAt: 0 };
  const answer = { isAllowed: true, remaining: 1, wait: 1 };

  /** A circuit that has heard from its store once. */
  async function start() {
    const lines: string[] = [];
    const store = { check: vi.fn<Store['check']>().mockResolvedValue(answer) };
    const guarded = new GuardedStore(store, new MemoryStore(), (line) => lines.push(line));
    const ask = () => guarded.check(check, { isClosed: false, later: () => undefined });
    await ask();
    return { lines, store, ask };
  }

  it('of one request is one, however many questions were in it; the third opens the circuit', async () => {
    const { lines, store, ask } = await start();
    for (const name of ['first', 'second', 'third']) {
      expect(lines).toEqual([]);
      store.check.mockRejectedValue(new Error(name));
      for (const { isAlone } of await Promise.all(Array.from({ length: 5 }, ask))) expect(isAlone).toBe(true);
    }
    expect(lines).toHaveLength(1);
    const asked = store.check.mock.calls.length;
    await ask();
    expect(store.check).toHaveBeenCalledTimes(asked);
  });

  it('is forgotten when an answer comes', async () => {
    const { lines, store, ask } = await start();
    for (let round = 0; round < 5; round++) {
      // What fails at once is tried once more.
      for (const error of ['one', 'again', 'two', 'again']) store.check.mockRejectedValueOnce(new Error(error));
      expect([await ask(), await ask(), await ask()].map(({ isAlone }) => isAlone)).toEqual([true, true, false]);
    }
    expect(lines).toEqual([]);
  });

  it('that comes at once is tried once more, and noticed by nobody then', async () => {
    const { lines, store, ask } = await start();
    for (let round = 0; round < 5; round++) {
      store.check.mockRejectedValueOnce(new Error('the connection was closed'));
      expect(await ask()).toEqual({ ...answer, isAlone: false });
    }
    expect(lines).toEqual([]);
  });
});

describe('an instance that is too busy to hear the answers', () => {
  it('does not take it for a fault of Redis', async () => {
    const { run } = lab;
    const busy = async (): Promise<void> => {
      await sleep(900);
      const until = performance.now() + 900;
      while (performance.now() < until);
    };
    const [figures] = await Promise.all([run('far', 1_500), busy()]);
    expect(figures.lines).toEqual([]);
    expect(figures.errors).toEqual([]);
    expect(figures.closed).toEqual(['200 null true']);
  });
});

describe('variables that cannot be right', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it.each([
    ['an address of another protocol', 'redis://default:secret@x.upstash.io:6379', 'x', 'has no https:// address (UPSTASH_REDIS_REST_URL)'],
    ['a token with a letter that no header holds', 'http://127.0.0.1:9', 'töken–', 'cannot be asked (TypeError)'],
  ])('%s: each instance counts by itself, and says why', async (_, url, token, why) => {
    const lines: string[] = [];
    vi.spyOn(console, 'warn').mockImplementation((line: string) => void lines.push(line));
    vi.stubEnv('UPSTASH_REDIS_REST_URL', url);
    vi.stubEnv('UPSTASH_REDIS_REST_TOKEN', token);
    const app = await renderRateLimitApp({ trustedProxies: 1 });
    try {
      const proxy = (await loadRateLimit(app))([{ path: '/:path*', limit: 5, window: '1 h' }])();
      expect(await admitted(proxy, 20, () => requestTo('/x', { 'x-forwarded-for': '192.0.2.1' }))).toBe(5);
      expect(lines.filter((line) => line.includes('Redis'))).toEqual([`[rate-limit] Redis ${why}. Each instance counts by itself until it answers again.`]);
      expect(lines.join()).not.toContain('secret');
    } finally {
      app.remove();
    }
  });
});
