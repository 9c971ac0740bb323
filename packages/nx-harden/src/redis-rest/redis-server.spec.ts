import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectRedis } from './redis-connection';
import { findRedisProgram } from './redis-program';
import { startRedisServer } from './redis-server';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nx-harden-redis-spec-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const program = (name: string, script = '#!/bin/sh\n'): string => {
  const path = join(folder, name);
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Where no process of the system collects orphans, one that was killed stays as a zombie, which runs no more. */
const isRunning = (pid: number): boolean => isAlive(pid) && !(existsSync(`/proc/${pid}/stat`) && readFileSync(`/proc/${pid}/stat`, 'utf-8').includes(') Z '));

describe('which program', () => {
  it('prefers the server, and takes the check program, which is the same binary, when there is no other', () => {
    const check = program('redis-check-rdb');
    expect(findRedisProgram(folder)).toBe(check);
    const valkey = program('valkey-server');
    expect(findRedisProgram(folder)).toBe(valkey);
    const redis = program('redis-server');
    expect(findRedisProgram(`/no/such/folder:${folder}`)).toBe(redis);
  });

  it('says how to get one when there is none', () => {
    writeFileSync(join(folder, 'redis-server'), 'not executable');
    expect(() => findRedisProgram(folder)).toThrow(/apt-get install redis-tools.*brew install redis.*--redis=redis:\/\/127\.0\.0\.1:6379/);
  });
});

describe('the server', () => {
  it('listens on a socket of its own, which no other user reaches, and leaves neither process nor folder', async () => {
    const server = await startRedisServer();
    const home = dirname(server.socket);
    expect(statSync(home).mode & 0o777).toBe(0o700);
    const redis = await connectRedis(server.socket);
    expect(await redis.send([{ name: 'config', args: ['get', 'port'] }])).toEqual([[Buffer.from('port'), Buffer.from('0')]]);
    expect(await redis.send([{ name: 'config', args: ['get', 'save'] }])).toEqual([[Buffer.from('save'), Buffer.from('')]]);
    redis.close();
    await Promise.all([server.stop(), server.stop()]);
    expect(await server.ended).toMatch(/^with code 0$|^by SIGTERM$/);
    expect(isAlive(server.pid)).toBe(false);
    expect(existsSync(home)).toBe(false);
  });

  it('stops while a script keeps it busy', async () => {
    const server = await startRedisServer();
    const redis = await connectRedis(server.socket);
    const lost = redis.send([{ name: 'EVAL', args: ['while true do end', '0'] }]).catch((error: Error) => error.message);
    await sleep(50);
    redis.close();
    await server.stop();
    expect(await lost).toContain('is away');
    expect(isAlive(server.pid)).toBe(false);
  });

  it('tells what the program said when it does not come up, and removes the folder', async () => {
    const before = readdirSync(tmpdir());
    const broken = program('broken', '#!/bin/sh\necho "Out of luck" >&2\nexit 3\n');
    await expect(startRedisServer(broken)).rejects.toThrow(`The Redis server ${broken} ended with code 3 while it started: Out of luck`);
    // Other tests make folders of that name at the same time; this one's has the program's link.
    const left = readdirSync(tmpdir()).filter((name) => name.startsWith('nx-harden-redis-') && !before.includes(name) && existsSync(join(tmpdir(), name, 'redis-server')) && !existsSync(join(tmpdir(), name, 'socket')));
    expect(left).toEqual([]);
  });

  it('does not outlive a process that is killed', async () => {
    const script = join(folder, 'parent.ts');
    writeFileSync(script, `import { startRedisServer } from ${JSON.stringify(join(__dirname, 'redis-server'))};\nstartRedisServer().then(({ pid, socket }) => console.log(JSON.stringify({ pid, socket })));\n`);
    const parent = spawn(process.execPath, [join(__dirname, '../../../../node_modules/jiti/lib/jiti-cli.mjs'), script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const { pid, socket } = JSON.parse(line.toString()) as { pid: number; socket: string };
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect([existsSync(dirname(socket)), isRunning(pid)]).toEqual([false, false]), { timeout: 5000 });
  });
});
