import { request, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from '@upstash/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedisRest, type RedisRest } from './start-redis-rest';

let rest: RedisRest;
let redis: Redis;
beforeAll(async () => {
  rest = await startRedisRest({ token: 'a token' });
  redis = clientOf(rest);
});
afterAll(() => rest.stop());
beforeEach(async () => void (await redis.flushall()));

function clientOf({ url, token }: { url: string; token: string }): Redis {
  return new Redis({ url, token, retry: false, enableTelemetry: false });
}

async function ask(path: string, { headers, ...init }: RequestInit & { headers?: Record<string, string> } = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${rest.url}${path}`, { ...init, headers: { authorization: `Bearer ${rest.token}`, ...headers } });
  const text = await response.text();
  return { status: response.status, body: text === '' ? '' : JSON.parse(text) };
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}) => ask(path, { method: 'POST', body: JSON.stringify(body), headers });

describe('the protocol', () => {
  it('takes a command as a path, its options as parameters, its last argument as the body', async () => {
    expect(await ask('/set/foo/b%C3%A4r%2Fbaz?EX=100')).toEqual({ status: 200, body: { result: 'OK' } });
    expect(await ask('/get/foo')).toEqual({ status: 200, body: { result: 'bär/baz' } });
    expect(await ask('/ttl/foo')).toEqual({ status: 200, body: { result: 100 } });
    expect(await ask('/set/foo?NX&EX=5', { method: 'POST', body: 'other' })).toEqual({ status: 200, body: { result: null } });
    // A key, not the folder above.
    expect(await send('/set/..', 'PUT', { authorization: 'Bearer a token' }, '{"a":1}')).toEqual({ status: 200, body: '{"result":"OK"}' });
    expect(await redis.get('..')).toEqual({ a: 1 });
    expect(await ask('/get/foo', { method: 'HEAD' })).toEqual({ status: 200, body: '' });
  });

  it('keeps every byte of a body, and gives it back in base64', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    await ask('/set/bytes', { method: 'POST', body: bytes });
    expect(await ask('/get/bytes', { headers: { 'upstash-encoding': 'base64' } })).toEqual({ status: 200, body: { result: bytes.toString('base64') } });
  });

  it('gives integers of 64 bits in full', async () => {
    await post('/', ['SET', 'n', '9007199254740993']);
    const response = await fetch(`${rest.url}/incrby/n/2?_token=a%20token`);
    expect(await response.text()).toBe('{"result":9007199254740995}');
  });

  it('encodes in nested lists, and leaves integers and null', async () => {
    const base64 = { 'upstash-encoding': 'base64' };
    const nested = ['EVAL', "return {'a', 7, false, {'b', {redis.status_reply('OK')}}, redis.error_reply('ERR oh')}", '0'];
    expect((await post('/', nested, base64)).body).toEqual({ result: ['YQ==', 7, null, ['Yg==', ['T0s=']], Buffer.from('ERR oh').toString('base64')] });
    expect((await post('/', nested)).body).toEqual({ result: ['a', 7, null, ['b', ['OK']], 'ERR oh'] });
    expect((await post('/', ['SET', 'a', 'x'], base64)).body).toEqual({ result: 'OK' });
    expect((await post('/', ['PING'], base64)).body).toEqual({ result: 'UE9ORw==' });
  });

  it.each<[string, string, RequestInit, number, string | RegExp]>([
    ['a command that fails', '/incr/text/too/many', {}, 400, /wrong number of arguments/],
    ['an unknown command', '/nope', {}, 400, /unknown command/],
    ['no command', '/', {}, 400, /no command/],
    ['a body that is not JSON', '/', { method: 'POST', body: '["GET"' }, 400, /not JSON/],
    ['no body', '/pipeline', { method: 'POST' }, 400, /not JSON/],
    ['an object', '/', { method: 'POST', body: '{}' }, 400, /a command is an array/],
    ['an argument that is an object', '/', { method: 'POST', body: '["SET","a",{"b":1}]' }, 400, /and not \{"b":1\}/],
    ['an argument that is null', '/', { method: 'POST', body: '["SET","a",null]' }, 400, /and not null/],
    ['an empty pipeline', '/pipeline', { method: 'POST', body: '[]' }, 400, /not an array of commands/],
    ['commands that are not in a list', '/pipeline', { method: 'POST', body: '["GET","a"]' }, 400, /a command is an array/],
    ['a path that is not UTF-8', '/get/%FF', {}, 400, /percent-encoded/],
    ['a place that is not there', '/pipeline/more', { method: 'POST', body: '[]' }, 404, /there is no \/pipeline\/more/],
    ['a pipeline by GET', '/pipeline', {}, 405, /in the body of a POST/],
    ['a method that is not allowed', '/del/a', { method: 'DELETE' }, 405, /DELETE is not allowed/],
    ['a page in a browser', '/get/a', { headers: { 'sec-fetch-site': 'cross-site' } }, 403, /not for pages in a browser/],
  ])('answers %s with a status and an error', async (_, path, init, status, message) => {
    // By hand: fetch itself sets headers such as sec-fetch-site, and takes none from outside.
    const answer = await send(path, init.method ?? 'GET', { authorization: 'Bearer a token', ...(init.headers as OutgoingHttpHeaders) }, init.body as string | undefined);
    expect(answer.status).toBe(status);
    expect((JSON.parse(answer.body) as { error: string }).error).toMatch(message);
  });

  it.each([
    ['none', {}],
    ['a wrong one', { authorization: 'Bearer another' }],
    ['one in another scheme', { authorization: 'Basic a token' }],
    ['an empty one', { authorization: 'Bearer ' }],
  ])('lets nobody in by a token that is not its own: %s', async (_, headers) => {
    await redis.set('a', '1');
    const { commands, requests } = rest.counts();
    const answer = await send('/del/a?_token=wrong', 'POST', headers);
    expect(answer).toEqual({ status: 401, body: expect.stringContaining('WRONGPASS') });
    expect(rest.counts()).toEqual({ commands, requests });
    expect(await redis.get('a')).toBe(1);
  });

  it("tells Upstash's client that its token is wrong", async () => {
    await expect(clientOf({ url: rest.url, token: 'wrong' }).get('a')).rejects.toThrow(/WRONGPASS/);
  });

  it('takes a body of 1 MB, and no larger one', async () => {
    const command = (size: number): string => JSON.stringify(['SET', 'large', 'x'.repeat(size - '["SET","large",""]'.length)]);
    expect(await ask('/', { method: 'POST', body: command(2 ** 20) })).toEqual({ status: 200, body: { result: 'OK' } });
    expect(await ask('/', { method: 'POST', body: command(2 ** 20 + 1) })).toMatchObject({ status: 413, body: { error: expect.stringContaining('1048576 bytes') } });
    // In pieces, of which nobody says how many there will be.
    const pieces = new ReadableStream({ start: (stream) => (Array.from({ length: 40 }, () => stream.enqueue(Buffer.alloc(100_000, 'x'))), stream.close()) });
    expect(await ask('/set/large', { method: 'POST', body: pieces, ...{ duplex: 'half' } })).toMatchObject({ status: 413 });
    expect(await redis.strlen('large')).toBe(2 ** 20 - '["SET","large",""]'.length);
  });

  it.each([['SUBSCRIBE', 'c'], ['monitor'], ['BLPOP', 'l', '0'], ['Shutdown'], ['CONFIG', 'GET', '*'], ['DEBUG', 'SLEEP', '1'], ['SELECT', '1'], ['MULTI'], ['CLIENT', 'KILL', 'TYPE', 'normal'], ['XREAD', 'BLOCK', '0', 'STREAMS', 's', '$'], ['SCRIPT', 'KILL']])(
    'refuses what would harm the other clients: %s',
    async (...command) => {
      expect(await post('/', command)).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^ERR [A-Z]+ is not available here: /) } });
      expect((await post('/pipeline', [['SET', 'a', '1'], command, ['GET', 'a']])).body).toMatchObject([{ result: 'OK' }, { error: expect.any(String) }, { result: '1' }]);
    },
  );

  it('passes on XREAD of a stream that is named BLOCK', async () => {
    expect(await post('/', ['XREAD', 'COUNT', '1', 'STREAMS', 'BLOCK', '0'])).toEqual({ status: 200, body: { result: null } });
  });
});

describe('several clients', () => {
  it('get their own results', async () => {
    const clients = Array.from({ length: 20 }, () => clientOf(rest));
    await Promise.all(
      clients.map(async (client, index) => {
        for (let round = 0; round < 20; round++) {
          const value = `${index}-${round}`;
          expect(await client.pipeline().set(`key-${index}`, value).get(`key-${index}`).echo(value).exec()).toEqual(['OK', value, value]);
        }
      }),
    );
  });

  it('are not disturbed by one whose connection is cut in the middle', async () => {
    const { port } = new URL(rest.url);
    for (const part of ['POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer a token\r\ncontent-length: 100\r\n\r\n["SET"', 'POST /pipe', 'nonsense\r\n\r\n']) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      await new Promise<void>((resolve) => socket.write(part, () => resolve()));
      socket.resetAndDestroy();
    }
    // Cut as it waits for the answer.
    const slow = request(`${rest.url}/pipeline`, { method: 'POST', headers: { authorization: 'Bearer a token' } });
    slow.on('error', () => undefined);
    slow.end(JSON.stringify([['EVAL', "local n = 0 for i = 1, 3e6 do n = n + i end redis.call('SET', 'slow', 'done')", '0']]));
    await sleep(20);
    slow.destroy();
    expect(await redis.ping()).toBe('PONG');
    expect(await redis.get('slow')).toBe('done');
  });

  it('are counted', async () => {
    const before = rest.counts();
    await redis.pipeline().set('a', 1).get('a').exec();
    await redis.multi().set('a', 1).get('a').exec();
    await redis.get('a');
    const after = rest.counts();
    expect([after.requests - before.requests, after.commands - before.commands]).toEqual([3, 5]);
  });
});

/** A request with exactly these headers. */
function send(path: string, method: string, headers: OutgoingHttpHeaders, body?: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    // Not as a URL, in which the segments . and .. would go.
    const outgoing = request({ host: '127.0.0.1', port: new URL(rest.url).port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
