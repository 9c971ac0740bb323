import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBetterStack, type BetterStackServer } from '../testing/better-stack';
import { apiAddress } from './api-address';
import { BetterStackError } from './api-error';
import { openBetterStack, type BetterStack } from './better-stack';
import type { Patience } from './patience';

const QUICK: Patience = { attempts: 4, timeoutMs: 300, firstWaitMs: 5, longestWaitMs: 2_000 };
const MONITOR = { pronounceable_name: 'nx-harden web: home page', url: 'https://example.com/' };

let server: BetterStackServer;
let api: BetterStack;
beforeEach(async () => {
  server = await startBetterStack();
  api = openBetterStack({ baseUrl: server.url, token: server.token, patience: QUICK });
});
afterEach(() => server.stop());

const failureOf = async (work: Promise<unknown>): Promise<BetterStackError> => {
  const error = await work.then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BetterStackError);
  return error as BetterStackError;
};

describe('lists', () => {
  it('are read to their last page', async () => {
    server.stored.monitors = Array.from({ length: 612 }, (_, index) => ({ id: String(index), attributes: { pronounceable_name: `m${index}` } }));
    const found = await api.list('monitor');
    expect(found.map(({ name }) => name)).toEqual(server.stored.monitors.map((_, index) => `m${index}`));
    expect(server.seen).toHaveLength(3);
    expect(await api.list('heartbeat')).toEqual([]);
  });

  it('go on where something goes wrong between two pages', async () => {
    server.stored.heartbeats = Array.from({ length: 300 }, (_, index) => ({ id: String(index), attributes: { name: `h${index}` } }));
    server.faults = [undefined, { mode: 'status', status: 500 }, { mode: 'cut' }];
    expect(await api.list('heartbeat')).toHaveLength(300);
    expect(server.seen).toHaveLength(4);
  });

  it('that are none are not taken for empty ones', async () => {
    server.faults = [{ mode: 'status', status: 200, body: { message: 'hello' } }];
    expect((await failureOf(api.list('monitor'))).message).toBe("What answered is not Better Stack: its list of monitors is none.");
  });

  it('without an end are given up', async () => {
    server.befall = () => ({ mode: 'status', status: 200, body: { data: [], pagination: { next: 'https://uptime.betterstack.com/api/v2/monitors?page=2' } } });
    expect((await failureOf(api.list('monitor'))).message).toBe("Better Stack's list of monitors has no end.");
  });
});

describe('what goes wrong for a while', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['listing', () => api.list('monitor')],
    ['updating', () => api.update('monitor', '1', { check_frequency: 60 }, 'x')],
    ['deleting', () => api.remove('monitor', '1', 'x')],
  ])('is tried again: %s', async (_, work) => {
    server.stored.monitors = [{ id: '1', attributes: { ...MONITOR } }];
    server.faults = [{ mode: 'status', status: 503 }, { mode: 'cut' }, { mode: 'lost-answer' }];
    await work();
    expect(server.seen).toHaveLength(4);
  });

  it('waits as long as Better Stack asks for, and no longer than is sane', async () => {
    server.faults = [{ mode: 'status', status: 429, retryAfter: '1' }];
    const started = performance.now();
    await api.create('monitor', MONITOR);
    expect(performance.now() - started).toBeGreaterThan(990);
    server.faults = [{ mode: 'status', status: 429, retryAfter: '86400' }, { mode: 'status', status: 429, retryAfter: new Date(Date.now() - 1000).toUTCString() }];
    const again = performance.now();
    await openBetterStack({ baseUrl: server.url, token: server.token, patience: { ...QUICK, longestWaitMs: 50 } }).create('monitor', MONITOR);
    expect(performance.now() - again).toBeLessThan(1_000);
  });

  it.each<[string, BetterStackServer['faults'][number], string]>([
    ['errors', { mode: 'status', status: 500, body: '<html>' }, 'Better Stack answered 500 for its monitors'],
    ['too many requests', { mode: 'status', status: 429, body: { errors: 'Slow\ndown' } }, 'Better Stack answered 429 for its monitors: Slow down'],
    ['cut connections', { mode: 'cut' }, 'Better Stack cannot be reached for its monitors (UND_ERR_SOCKET).'],
    ['silence', { mode: 'no-answer' }, 'Better Stack cannot be reached for its monitors (no answer in time).'],
  ])('is given up after four times: %s', async (_, fault, message) => {
    server.befall = () => fault;
    expect((await failureOf(api.list('monitor'))).message).toBe(message);
    expect(server.seen).toHaveLength(4);
  });

  it.each<[string, BetterStackServer['faults'][number]]>([['an error', { mode: 'status', status: 502 }], ['a cut connection', { mode: 'cut' }], ['a lost answer', { mode: 'lost-answer' }], ['silence', { mode: 'no-answer' }]])('is not tried again where it may have been done: creating after %s', async (_, fault) => {
    server.faults = [fault];
    expect((await failureOf(api.create('monitor', MONITOR))).mayBeDone).toBe(true);
    expect(server.seen).toEqual(['POST /monitors']);
  });
});

describe('what is refused', () => {
  it('for the token, is said once, and without it', async () => {
    const wrong = openBetterStack({ baseUrl: server.url, token: 's3cret-token', patience: QUICK });
    const { failure, message } = await failureOf(wrong.list('monitor'));
    expect([failure, message]).toEqual(['token', expect.stringMatching(/^Better Stack does not take the token in BETTERSTACK_API_TOKEN \(401\)\./)]);
    expect(message).not.toContain('s3cret');
    expect(server.seen).toHaveLength(1);
  });

  it('for a field, names the field', async () => {
    const { failure, fields, message } = await failureOf(api.create('monitor', { ...MONITOR, check_frequency: 5, url: 'no' }));
    expect(failure).toBe('refused');
    expect(fields).toEqual({ url: 'is invalid', check_frequency: 'must be greater than or equal to 30' });
    expect(message).toBe('Better Stack refuses the monitor "nx-harden web: home page" (422): url: is invalid; check_frequency: must be greater than or equal to 30');
  });

  it('for the plan, passes on what is said, and no orders to a terminal', async () => {
    server.faults = [{ mode: 'status', status: 403, body: { errors: `Your plan\u001b[31m has ${'x'.repeat(1000)}` } }];
    const { message } = await failureOf(api.create('monitor', MONITOR));
    expect(message).toMatch(/^Better Stack answered 403 for the monitor ".*": Your plan \[31m has x{200,300}$/);
  });

  it('since it is gone, is an error for an update, and none for a deletion', async () => {
    expect(await failureOf(api.update('heartbeat', '404', { period: 60 }, 'backup'))).toMatchObject({ failure: 'gone', message: 'Better Stack no longer has the heartbeat "backup" (404): somebody deleted it meanwhile. Run it again.' });
    await api.remove('heartbeat', '404', 'backup');
  });
});

describe('the token', () => {
  let other: Server | undefined;
  afterEach(() => void other?.close());

  it('goes to no other server, wherever the first one points', async () => {
    const heard: unknown[] = [];
    other = createServer((request, response) => (heard.push(request.headers), response.end('{"data":[]}'))).listen(0, '127.0.0.1');
    await new Promise((resolve) => other?.once('listening', resolve));
    const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const pointing = createServer((_, response) => response.writeHead(302, { location: elsewhere }).end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => pointing.once('listening', resolve));
    await failureOf(openBetterStack({ baseUrl: `http://127.0.0.1:${(pointing.address() as AddressInfo).port}`, token: 's3cret', patience: { ...QUICK, attempts: 1 } }).list('monitor'));
    pointing.close();
    server.befall = () => ({ mode: 'status', status: 200, body: { data: [], pagination: { next: server.seen.length < 2 ? `${elsewhere}/monitors?page=2` : null } } });
    await api.list('monitor');
    expect(server.seen).toHaveLength(2);
    expect(heard).toEqual([]);
  });

  it.each(['http://uptime.betterstack.com/api/v2', 'http://127.0.0.1.example.com/', 'ftp://localhost', 'https://token@uptime.betterstack.com/api/v2', 'https://x.example/?token=1', 'nonsense'])('is not sent to %s', (address) => {
    expect(() => apiAddress(address)).toThrow(/^The address of the API/);
  });

  it.each([
    ['', 'https://uptime.betterstack.com/api/v2'],
    ['https://proxy.example.com/better/', 'https://proxy.example.com/better'],
    ['http://127.0.0.1:4010/api/v2', 'http://127.0.0.1:4010/api/v2'],
    ['http://[::1]:1', 'http://[::1]:1'],
  ])('is sent to "%s"', (address, expected) => {
    expect(apiAddress(address)).toBe(expected);
  });
});
