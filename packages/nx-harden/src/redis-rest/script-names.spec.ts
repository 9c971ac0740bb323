import { createHash } from 'node:crypto';
import { MultiRegionRatelimit, Ratelimit } from '@upstash/ratelimit';
import { Redis } from '@upstash/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScriptNames } from './script-names';
import { startRedisRest, type RedisRest } from './start-redis-rest';

let rest: RedisRest;
let redis: Redis;
beforeAll(async () => {
  rest = await startRedisRest();
  redis = clientOf(rest);
});
afterAll(() => rest.stop());
beforeEach(async () => {
  await redis.flushall();
  await redis.scriptFlush();
});

const clientOf = ({ url, token }: RedisRest): Redis => new Redis({ url, token, retry: false, enableTelemetry: false });
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
const FLAGGED = '#!lua flags=allow-key-locking\nreturn ARGV[1]';

describe('a script with the flag of Upstash', () => {
  it('runs by its text and then by the name that its client gives it', async () => {
    await expect(redis.evalsha(sha1(FLAGGED), [], ['a'])).rejects.toThrow('NOSCRIPT No matching script. Please use EVAL.');
    expect(await redis.eval(FLAGGED, [], ['a'])).toBe('a');
    expect(await redis.evalsha(sha1(FLAGGED), [], ['b'])).toBe('b');
    expect(await redis.evalsha(sha1(FLAGGED).toUpperCase(), [], ['c'])).toBe('c');
    await redis.scriptFlush();
    await expect(redis.evalsha(sha1(FLAGGED), [], ['a'])).rejects.toThrow('NOSCRIPT');
  });

  it('is loaded and found by the name that its client gives it', async () => {
    expect(await redis.scriptLoad(FLAGGED)).toBe(sha1(FLAGGED));
    expect(await redis.scriptExists(sha1(FLAGGED), sha1('another'))).toEqual([1, 0]);
    expect(await redis.multi().evalsha(sha1(FLAGGED), [], ['a']).scriptLoad(FLAGGED).exec()).toEqual(['a', sha1(FLAGGED)]);
  });

  it('keeps its other flags, and the numbers of its lines', async () => {
    const reader = '#!lua flags=no-writes,allow-key-locking\nreturn redis.call("SET", "a", "1")';
    await expect(redis.eval(reader, [], [])).rejects.toThrow(/Write commands are not allowed from read-only scripts/);
    await expect(redis.eval('#!lua flags=allow-key-locking\n\nreturn nonsense + 1', [], [])).rejects.toThrow(/user_script:3/);
  });

  it('is told apart from one without', async () => {
    const plain = 'return "plain"';
    expect(await redis.eval(plain, [], [])).toBe('plain');
    expect(await redis.evalsha(sha1(plain), [], [])).toBe('plain');
    const mentions = '-- #!lua flags=allow-key-locking\nreturn 1';
    expect(new ScriptNames().adapt({ name: 'EVAL', args: [mentions, '0'] }).command.args[0]).toBe(mentions);
    await expect(redis.eval('#!lua flags=no-such-flag\nreturn 1', [], [])).rejects.toThrow(/Unexpected flag in script shebang/);
  });

  it('is forgotten when a thousand others came after it', () => {
    const names = new ScriptNames();
    const nameOf = (text: string) => names.adapt({ name: 'EVALSHA', args: [sha1(text), '0'] }).command.args[0];
    const script = (index: number) => `#!lua flags=allow-key-locking\nreturn ${index}`;
    for (let index = 0; index <= 1000; index++) names.adapt({ name: 'EVAL', args: [script(index), '0'] });
    expect(nameOf(script(0))).toBe(sha1(script(0)));
    expect(nameOf(script(1))).toBe(sha1('\nreturn 1'));
    expect(nameOf(script(1000))).toBe(sha1('\nreturn 1000'));
  });
});

describe("Upstash's rate limit", () => {
  const limiters = { slidingWindow: () => Ratelimit.slidingWindow(5, '1 h'), fixedWindow: () => Ratelimit.fixedWindow(5, '1 h'), tokenBucket: () => Ratelimit.tokenBucket(5, '1 h', 5) };

  it.each(Object.entries(limiters))('admits its limit and no more, in several instances at once: %s', async (_, limiter) => {
    const instances = Array.from({ length: 4 }, () => new Ratelimit({ redis: clientOf(rest), limiter: limiter(), ephemeralCache: false }));
    const results = await Promise.all(Array.from({ length: 24 }, (_, index) => instances[index % 4]?.limit('someone')));
    expect(results.filter((result) => result?.success)).toHaveLength(5);
    expect(await instances[0]?.limit('someone else')).toMatchObject({ success: true, limit: 5, remaining: 4 });
  });

  it('needs one command for each check once its script is there', async () => {
    const ratelimit = new Ratelimit({ redis, limiter: Ratelimit.slidingWindow(5, '1 h'), ephemeralCache: false });
    const commandsOf = async (): Promise<number> => {
      const before = rest.counts().commands;
      await ratelimit.limit('someone');
      return rest.counts().commands - before;
    };
    expect([await commandsOf(), await commandsOf(), await commandsOf()]).toEqual([2, 1, 1]);
  });

  it('writes its analytics', async () => {
    const ratelimit = new Ratelimit({ redis, limiter: Ratelimit.slidingWindow(1, '1 h'), analytics: true, prefix: 'app' });
    for (let times = 0; times < 3; times++) await (await ratelimit.limit('someone')).pending;
    const [key] = await redis.keys('app:events:*');
    const entries = await redis.zrange(key ?? '', 0, -1, { withScores: true });
    expect(entries).toEqual([{ identifier: 'someone', success: true }, 1, { identifier: 'someone', success: false }, 2]);
  });

  it('works over several servers', async () => {
    const second = await startRedisRest();
    try {
      const ratelimit = new MultiRegionRatelimit({ redis: [redis, clientOf(second)], limiter: MultiRegionRatelimit.slidingWindow(3, '1 h'), ephemeralCache: false });
      const successes: boolean[] = [];
      for (let times = 0; times < 5; times++) {
        const { success, pending } = await ratelimit.limit('someone');
        await pending;
        successes.push(success);
      }
      expect(successes).toEqual([true, true, true, false, false]);
      expect(second.counts().commands).toBeGreaterThan(0);
    } finally {
      await second.stop();
    }
  });
});
