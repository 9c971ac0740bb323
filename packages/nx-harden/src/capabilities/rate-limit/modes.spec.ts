import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fixtures } from '../../testing/fixtures';
import { renderRateLimitApp, type RateLimitApp } from '../../testing/rate-limit-app';
import { admitted, fetchEvent, loadRateLimit, requestTo, type LimitedProxy } from '../../testing/rate-limit-requests';
import { BYPASS_HEADER, isBypassed } from './files/rate-limiter/bypass';
import type { Policy } from './files/rate-limiter/policy';

const TABLE: Policy[] = [{ path: '/:path*', limit: 2, window: '1 h' }];
const SECRET = 'a secret of thirty-two characters';
let app: RateLimitApp;
let lines: string[];
beforeAll(async () => (app = await renderRateLimitApp({ trustedProxies: 1 })));
afterAll(() => app.remove());
beforeEach(() => {
  lines = [];
  vi.spyOn(console, 'warn').mockImplementation((line: string) => void lines.push(line));
  for (const name of ['VERCEL', 'VERCEL_ENV', 'RATE_LIMIT_MODE', 'RATE_LIMIT_BYPASS', 'RATE_LIMIT_BYPASS_SECRET', 'NEXT_PHASE']) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
const from = (headers: Record<string, string> = {}, method = 'GET') => requestTo('/x', { 'x-forwarded-for': '192.0.2.1', ...headers }, method);
const load = async (which = app, extension?: string): Promise<LimitedProxy> => (await loadRateLimit(which, extension))(TABLE)();

describe('the mode', () => {
  it('report counts, sends the fields, says once what it would refuse, and refuses nobody', async () => {
    vi.stubEnv('RATE_LIMIT_MODE', 'report');
    const proxy = await load();
    expect(await admitted(proxy, 9, () => from())).toBe(9);
    const response = await proxy(from(), fetchEvent());
    expect(response?.headers.get('ratelimit')).toMatch(/^"\/:path\*";r=0;t=3[56]\d\d$/);
    expect(lines.filter((line) => line.includes('refuse'))).toEqual(['[rate-limit] Would refuse calls under "/:path*": more than its limit. Said at most once a minute.']);
  });

  it('report is what the generator was told', async () => {
    const reporting = await renderRateLimitApp({ mode: 'report', trustedProxies: 1 });
    try {
      expect(await admitted(await load(reporting), 5, () => from())).toBe(5);
      vi.stubEnv('RATE_LIMIT_MODE', 'enforce');
      expect(await admitted(await load(reporting), 5, () => from())).toBe(2);
    } finally {
      reporting.remove();
    }
  });

  it('off does nothing at all', async () => {
    vi.stubEnv('RATE_LIMIT_MODE', 'off');
    expect(await (await load())(from(), fetchEvent())).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('is what the generator was told where the variable says nonsense, and that is said', async () => {
    vi.stubEnv('RATE_LIMIT_MODE', 'Off');
    expect(await admitted(await load(), 5, () => from())).toBe(2);
    expect(lines.filter((line) => line.includes('RATE_LIMIT_MODE'))).toHaveLength(1);
  });

  it('never counts what a browser asks by itself before a call from elsewhere', async () => {
    const proxy = await load();
    expect(await admitted(proxy, 9, () => from({ origin: 'https://else.example', 'access-control-request-method': 'POST' }, 'OPTIONS'))).toBe(9);
    expect(await admitted(proxy, 9, () => from({ 'access-control-request-method': 'POST' }))).toBe(2);
    expect(await admitted(proxy, 9, () => from({}, 'OPTIONS'))).toBe(0);
  });
});

describe('the pass of a load test', () => {
  const now = 1_800_000_000_000;
  const pass = (inSeconds: number, secret = SECRET) => {
    const expires = String(Math.floor(now / 1000) + inSeconds);
    return `${expires}.${createHmac('sha256', secret).update(expires).digest('hex')}`;
  };
  const isPassed = (value: string) => isBypassed(new Headers({ [BYPASS_HEADER]: value }), now);
  beforeEach(() => vi.stubEnv('RATE_LIMIT_BYPASS_SECRET', SECRET));

  it.each([
    ['a good one', pass(60), true],
    ['the longest', pass(4 * 3600), true],
    ['one that has ended', pass(0), false],
    ['one that lasts too long', pass(4 * 3600 + 1), false],
    ['one of another secret', pass(60, `${SECRET}!`), false],
    ['one whose end was changed', pass(60).replace(/^\d+/, String(Math.floor(now / 1000) + 61)), false],
    ['one whose signature was cut', pass(60).slice(0, -1), false],
    ['one in capital letters', pass(60).toUpperCase(), false],
    ['two', `${pass(60)}, ${pass(60)}`, false],
    ['rubbish', 'true', false],
    ['nothing', '', false],
  ])('%s', async (_, value, wanted) => expect(await isPassed(value)).toBe(wanted));

  it.each<[string, Record<string, string | undefined>, boolean]>([
    ['is refused in production', { NODE_ENV: 'production' }, false],
    ['is refused in production on Vercel', { VERCEL_ENV: 'production', NODE_ENV: 'production' }, false],
    ['is good in a preview, which is built for production', { VERCEL_ENV: 'preview', NODE_ENV: 'production' }, true],
    ['is good in production where it is switched on', { NODE_ENV: 'production', RATE_LIMIT_BYPASS: 'production' }, true],
    ['is refused in production where something else is', { NODE_ENV: 'production', RATE_LIMIT_BYPASS: 'true' }, false],
    ['is none without a secret', { RATE_LIMIT_BYPASS_SECRET: undefined }, false],
    ['is none with an empty secret', { RATE_LIMIT_BYPASS_SECRET: '' }, false],
  ])('%s', async (_, env, wanted) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    expect(await isPassed(pass(60))).toBe(wanted);
  });

  it('is none with a secret that can be guessed', async () => {
    vi.stubEnv('RATE_LIMIT_BYPASS_SECRET', SECRET.slice(0, 31));
    expect(await isPassed(pass(60, SECRET.slice(0, 31)))).toBe(false);
  });

  it('lets its calls through uncounted, and a bad one is counted as if there were none', async () => {
    const proxy = await load();
    const expires = String(Math.floor(Date.now() / 1000) + 60);
    const good = `${expires}.${createHmac('sha256', SECRET).update(expires).digest('hex')}`;
    expect(await admitted(proxy, 30, () => from({ [BYPASS_HEADER]: good }))).toBe(30);
    expect(await admitted(proxy, 30, () => from({ [BYPASS_HEADER]: `${good}0` }))).toBe(2);
  });
});

describe('without a Redis', () => {
  const start = async (options: Record<string, unknown>, env: Record<string, string | undefined>) => {
    for (const name of ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN', 'KV_REST_API_URL', 'KV_REST_API_TOKEN']) vi.stubEnv(name, undefined);
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const own = await renderRateLimitApp(options);
    try {
      (await loadRateLimit(own))(TABLE);
    } finally {
      own.remove();
    }
  };

  it.each<[string, string, Record<string, string | undefined>, string[]]>([
    ['in production', 'warn', { NODE_ENV: 'production' }, [expect.stringMatching(/^\[rate-limit\] UPSTASH_REDIS_REST_URL and .* are not set: each instance counts by itself\.$/)]],
    ['in development', 'error', { NODE_ENV: 'development' }, [expect.stringContaining('are not set')]],
    ['with half of its variables', 'warn', { UPSTASH_REDIS_REST_URL: 'https://x.upstash.io' }, [expect.stringContaining('are not set')]],
    ['while it is built', 'error', { NODE_ENV: 'production', NEXT_PHASE: 'phase-production-build' }, []],
    ['when it is off', 'error', { NODE_ENV: 'production', RATE_LIMIT_MODE: 'off' }, []],
    ["with Vercel's names for it", 'error', { NODE_ENV: 'production', KV_REST_API_URL: 'https://x.upstash.io', KV_REST_API_TOKEN: 'x' }, []],
  ])('%s with %s, an app says', async (_, withoutStore, env, said) => {
    await start({ withoutStore }, env);
    expect(lines).toEqual(said);
  });

  it('an app that wants one in production does not start', async () => {
    await expect(start({ withoutStore: 'error' }, { NODE_ENV: 'production' })).rejects.toThrow("Set them, or set withoutStore to 'warn'.");
  });
});

it('is the same in an app in JavaScript', async () => {
  const plain = await renderRateLimitApp({ trustedProxies: 1 }, fixtures.find(({ name }) => name.includes('JavaScript')));
  try {
    const proxy = await load(plain, 'js');
    expect(await admitted(proxy, 9, () => from())).toBe(2);
    const response = await proxy(from(), fetchEvent());
    expect([response?.status, response?.headers.get('retry-after'), await response?.json()]).toEqual([429, expect.stringMatching(/^3[56]\d\d$/), expect.objectContaining({ status: 429 })]);
    const { middleware } = (await import(`${plain.dir}/middleware.js`)) as { middleware: LimitedProxy };
    expect((await middleware(from(), fetchEvent()))?.headers.get('ratelimit')).toMatch(/^"\/:path\*";r=999;t=60$/);
  } finally {
    plain.remove();
  }
});
