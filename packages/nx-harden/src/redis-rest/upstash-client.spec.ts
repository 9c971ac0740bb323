import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from '@upstash/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedisRest, type RedisRest } from './start-redis-rest';

let rest: RedisRest;
let redis: Redis;
beforeAll(async () => {
  rest = await startRedisRest();
  redis = clientOf(rest);
});
afterAll(() => rest.stop());
beforeEach(async () => void (await redis.flushall()));

function clientOf({ url, token }: RedisRest, options: { responseEncoding?: false } = {}): Redis {
  return new Redis({ url, token, retry: false, enableTelemetry: false, ...options });
}

async function transact(commands: unknown[][]): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${rest.url}/multi-exec`, { method: 'POST', headers: { authorization: `Bearer ${rest.token}` }, body: JSON.stringify(commands) });
  return { status: response.status, body: await response.json() };
}

describe("Upstash's client", () => {
  it.each([
    ['text', 'value'],
    ['unicode', 'Grüße, 世界 👋'],
    ['what looks like base64', 'T0s='],
    ['OK', 'OK'],
    ['nothing', ''],
    ['JSON', { a: [1, 'two', null, { ü: true }] }],
    ['a number', 42.5],
    ['true', true],
  ])('gets back what it set: %s', async (_, value) => {
    expect(await redis.set('key', value)).toBe('OK');
    expect(await redis.get('key')).toEqual(value);
  });

  it('gets null for what is not there, at the top and in a list', async () => {
    expect(await redis.get('nothing')).toBeNull();
    await redis.set('there', 'x');
    expect(await redis.mget('there', 'nothing', 'there')).toEqual(['x', null, 'x']);
  });

  it('gets an OK that is in a list', async () => {
    await redis.rpush('list', 'OK', 'no');
    expect(await redis.lrange('list', 0, -1)).toEqual(['OK', 'no']);
    expect(await redis.eval("return {{'OK', 1}, 'x'}", [], [])).toEqual([['OK', 1], 'x']);
  });

  it('works with hashes, sorted sets and expiry', async () => {
    await redis.hset('hash', { a: 1, b: 'two' });
    expect(await redis.hgetall('hash')).toEqual({ a: 1, b: 'two' });
    await redis.zadd('scores', { score: 2, member: 'b' }, { score: 1.5, member: 'a' });
    expect(await redis.zrange('scores', 0, -1, { withScores: true })).toEqual(['a', 1.5, 'b', 2]);
    await redis.set('short', 'x', { px: 30 });
    await sleep(50);
    expect(await redis.get('short')).toBeNull();
  });

  it('pipelines: results in order', async () => {
    expect(await redis.pipeline().set('n', 1).incr('n').get('n').mget('n', 'none').exec()).toEqual(['OK', 2, 2, [2, null]]);
  });

  it('goes on in a pipeline after a command that failed', async () => {
    await redis.set('text', 'x');
    const results = await redis.pipeline().incr('text').set('after', 'done').exec({ keepErrors: true });
    expect(results).toMatchObject([{ error: expect.stringContaining('not an integer') }, { result: 'OK' }]);
    expect(await redis.get('after')).toBe('done');
  });

  it('reads without base64 too', async () => {
    const plain = clientOf(rest, { responseEncoding: false });
    await plain.set('key', 'Grüße');
    expect(await plain.get('key')).toBe('Grüße');
  });

  it('hears which command failed', async () => {
    await redis.set('text', 'x');
    await expect(redis.incr('text')).rejects.toThrow(/ERR value is not an integer or out of range/);
  });
});

describe('transactions', () => {
  it('are atomic while other clients write', async () => {
    const others = Promise.all(Array.from({ length: 200 }, () => redis.incr('n')));
    const transactions = await Promise.all(Array.from({ length: 50 }, () => redis.multi().get('n').incr('n').get('n').exec<[number | null, number, number]>()));
    await others;
    for (const [before, incremented, after] of transactions) expect([incremented, after]).toEqual([(before ?? 0) + 1, (before ?? 0) + 1]);
    expect(await redis.get('n')).toBe(250);
  });

  it('keep what succeeded beside a command that failed as it ran', async () => {
    expect(await transact([['SET', 'a', 'x'], ['INCR', 'a'], ['GET', 'a']])).toEqual({
      status: 200,
      body: [{ result: 'OK' }, { error: 'ERR value is not an integer or out of range' }, { result: 'x' }],
    });
  });

  it.each([
    ['one that Redis does not know', ['NOPE'], /unknown command 'NOPE'/],
    ['one that is refused', ['CONFIG', 'GET', '*'], /CONFIG is not available here/],
  ])('do nothing when a command cannot be: %s', async (_, command, message) => {
    const { status, body } = await transact([['SET', 'a', '1'], command]);
    expect([status, (body as { error: string }).error]).toEqual([400, expect.stringMatching(message)]);
    expect(await redis.get('a')).toBeNull();
  });
});
