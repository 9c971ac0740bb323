import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findRedisProgram } from './redis-program';
import { startRedisRest, type RedisRest } from './start-redis-rest';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(options: Parameters<typeof startRedisRest>[0] = {}): Promise<RedisRest> {
  const rest = await startRedisRest(options);
  cleanUps.push(() => rest.stop());
  return rest;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** A Redis as a team has one: on a port, with a password. */
async function startTcpRedis(port: number): Promise<ChildProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'nx-harden-tcp-redis-'));
  const program = join(folder, 'redis-server');
  symlinkSync(findRedisProgram(), program);
  const child = spawn(program, ['--bind', '127.0.0.1', '--port', String(port), '--requirepass', 'a secret', '--save', '', '--dir', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanUps.push(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true });
  });
  await new Promise<void>((resolve) => child.stdout.on('data', (chunk: Buffer) => chunk.includes('eady to accept connections') && resolve()));
  return child;
}

const ask = async ({ url, token }: RedisRest, command: unknown[], path = '/'): Promise<[number, unknown]> => {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(command), signal: AbortSignal.timeout(5000) });
  return [response.status, await response.json()];
};

it('listens on loopback alone', async () => {
  const rest = await start();
  expect(rest.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(rest.version).toMatch(/^(Redis|Valkey) \d+\.\d+/);
  const outside = Object.values(networkInterfaces()).flat().find((address) => address?.family === 'IPv4' && !address.internal);
  if (outside) await expect(fetch(rest.url.replace('127.0.0.1', outside.address), { signal: AbortSignal.timeout(5000) })).rejects.toThrow('fetch failed');
});

it('says which port is in use, and leaves no Redis behind then', async () => {
  const first = await start();
  const port = Number(new URL(first.url).port);
  await expect(startRedisRest({ port })).rejects.toThrow(`Port ${port} is in use on 127.0.0.1. Stop what listens there, or choose another one, such as --port=${port + 1}, and put it into UPSTASH_REDIS_REST_URL.`);
});

it('lets a request under way end when it stops, and then takes none', async () => {
  const rest = await start();
  // Half of a command has been sent when the server is stopped.
  const slow = request(rest.url, { method: 'POST', headers: { authorization: `Bearer ${rest.token}` } });
  const answer = once(slow, 'response');
  await new Promise<void>((resolve) => slow.write('["ECHO",', () => resolve()));
  await sleep(100);
  const stopped = Promise.all([rest.stop(), rest.stop()]);
  await sleep(300);
  slow.end('"hello"]');
  const [response] = (await answer) as [IncomingMessage];
  expect(Buffer.concat(await response.toArray()).toString()).toBe('{"result":"hello"}');
  await stopped;
  await expect(ask(rest, ['PING'])).rejects.toThrow('fetch failed');
});

describe('when Redis dies', () => {
  it('answers that it is away, and says how it ended', async () => {
    const lines: string[] = [];
    const rest = await start({ say: (line) => lines.push(line) });
    const busy = ask(rest, ['EVAL', 'while true do end', '0']);
    await vi.waitFor(() => expect(rest.counts().commands).toBe(1));
    process.kill(rest.redisPid ?? NaN, 'SIGKILL');
    expect(await busy).toEqual([503, { error: expect.stringMatching(/^ERR Redis at .* is away$/) }]);
    expect(await rest.redisEnded).toBe('by SIGKILL');
    expect(await ask(rest, [['PING'], ['PING']], '/pipeline')).toEqual([503, { error: expect.stringContaining('is away') }]);
    expect(await ask(rest, [['SET', 'a', '1']], '/multi-exec')).toEqual([503, { error: expect.stringContaining('is away') }]);
    expect(lines).toEqual(['The Redis server ended by SIGKILL: requests get status 503 from now on.']);
    await rest.stop();
    expect(lines).toHaveLength(1);
  });

  it('uses one of a team again when it is back, and tells both once', async () => {
    const port = await freePort();
    const first = await startTcpRedis(port);
    const lines: string[] = [];
    const rest = await start({ redisUrl: `redis://:a%20secret@127.0.0.1:${port}/2`, say: (line) => lines.push(line) });
    expect(await ask(rest, ['SET', 'a', '1'])).toEqual([200, { result: 'OK' }]);
    first.kill('SIGKILL');
    await vi.waitFor(async () => expect((await ask(rest, ['GET', 'a']))[0]).toBe(503));
    // Long enough for several attempts to connect.
    await sleep(400);
    await startTcpRedis(port);
    await vi.waitFor(async () => expect(await ask(rest, ['GET', 'a'])).toEqual([200, { result: null }]), { timeout: 5000 });
    const name = `redis://127.0.0.1:${port}/2`;
    expect(lines).toEqual([`Redis at ${name} is away: requests get status 503 until it is back.`, `Redis at ${name} is back.`]);
    expect(await ask(rest, ['DBSIZE'])).toEqual([200, { result: 0 }]);
    await rest.stop();
    await sleep(50);
    expect(lines).toHaveLength(2);
  });
});

describe('a Redis that is not to be had', () => {
  it('is named, with the reason and without its password', async () => {
    const port = await freePort();
    const refused = startRedisRest({ redisUrl: `redis://user:hidden@127.0.0.1:${port}` });
    await expect(refused).rejects.toThrow(new RegExp(`^Redis at redis://127\\.0\\.0\\.1:${port} cannot be reached: .*ECONNREFUSED.* Start it, or correct its address`));
    await expect(refused).rejects.not.toThrow('hidden');
  });

  it.each([['no', ''], ['a wrong', ':nope@']])('says so when it has %s password for it', async (_, credentials) => {
    const port = await freePort();
    await startTcpRedis(port);
    await expect(startRedisRest({ redisUrl: `redis://${credentials}127.0.0.1:${port}` })).rejects.toThrow(/cannot be reached: (NOAUTH|WRONGPASS)/);
  });
});

it('leaves neither process nor folder when it stops, and has nothing to say', async () => {
  const lines: string[] = [];
  const rest = await startRedisRest({ say: (line) => lines.push(line) });
  const [, { result }] = (await ask(rest, ['INFO', 'server'])) as [number, { result: string }];
  const folder = /^executable:(.*)\/redis-server\r$/m.exec(result)?.[1] ?? 'not found';
  expect(existsSync(folder)).toBe(true);
  await rest.stop();
  expect(existsSync(folder)).toBe(false);
  expect(() => process.kill(rest.redisPid ?? NaN, 0)).toThrow('ESRCH');
  expect(lines).toEqual([]);
});
