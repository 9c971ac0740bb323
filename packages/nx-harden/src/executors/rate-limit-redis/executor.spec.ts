import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serveCommand } from '../../redis-rest/serve-command';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nx-harden-rate-limit-redis-'))));
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const JITI = join(__dirname, '../../../../../node_modules/jiti/lib/jiti-cli.mjs');

interface Running {
  child: ChildProcess;
  said: () => string;
  url: () => string;
  /** Of Redis. */
  pid: () => Promise<number>;
}

/** The executor in a process of its own, as Nx runs it; with a parent between, which can be killed. */
async function run({ env = {}, hasParent = false }: { env?: Record<string, string>; hasParent?: boolean } = {}): Promise<Running> {
  const script = join(folder, 'run.ts');
  writeFileSync(script, `import run from ${JSON.stringify(join(__dirname, 'executor'))};\nrun({ port: 0 }).then(({ success }) => { console.log(\`success: \${success}\`); });\n`);
  const parent = join(folder, 'parent.mjs');
  writeFileSync(parent, `import { spawn } from 'node:child_process';\nspawn(process.execPath, ${JSON.stringify([JITI, script])}, { stdio: 'inherit' });\n`);
  const child = spawn(process.execPath, hasParent ? [parent] : [JITI, script], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, UPSTASH_REDIS_REST_TOKEN: '', ...env } });
  children.push(child);
  let said = '';
  child.stdout?.setEncoding('utf-8').on('data', (chunk: string) => (said += chunk));
  const url = (): string => /^UPSTASH_REDIS_REST_URL=(\S+)$/m.exec(said)?.[1] ?? '';
  await vi.waitFor(() => expect(said).toMatch(/^UPSTASH_REDIS_REST_TOKEN.*$/m), { timeout: 15_000 });
  const token = env['UPSTASH_REDIS_REST_TOKEN'] ?? 'local-development';
  const pid = async (): Promise<number> => {
    const response = await fetch(`${url()}/info/server`, { headers: { authorization: `Bearer ${token}` } });
    return Number(/process_id:(\d+)/.exec(((await response.json()) as { result: string }).result)?.[1]);
  };
  return { child, said: () => said, url, pid };
}

/** Where no process of the system collects orphans, one that was killed stays as a zombie, which runs no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !(existsSync(`/proc/${pid}/stat`) && readFileSync(`/proc/${pid}/stat`, 'utf-8').includes(') Z '));
}

describe('until it is told to stop', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('serves, says what goes into .env.local, and ends in order: %s', async (signal) => {
    const { child, said, url, pid } = await run();
    expect(said()).toMatch(/^(Redis|Valkey) \S+ over REST, on this machine alone, until Ctrl-C\. It keeps nothing\. Put into \.env\.local of the app:\n\nUPSTASH_REDIS_REST_URL=http:\/\/127\.0\.0\.1:\d+\nUPSTASH_REDIS_REST_TOKEN=local-development\n/);
    expect(url()).not.toBe('');
    const redis = await pid();
    child.kill(signal);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said()).toMatch(/\nServed 1 request with 1 command\.\nsuccess: true\n$/);
    expect(isRunning(redis)).toBe(false);
  });

  it('uses the token of the environment, and does not print it', async () => {
    const { child, said, pid } = await run({ env: { UPSTASH_REDIS_REST_TOKEN: 'a-real-one' } });
    expect(await pid()).toBeGreaterThan(0);
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(said()).toContain('\nUPSTASH_REDIS_REST_TOKEN as in your environment\n');
    expect(said()).not.toContain('a-real-one');
  });

  it('ends when the process that started it is killed', async () => {
    const { child, said, pid } = await run({ hasParent: true });
    const redis = await pid();
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(said()).toContain('success: true'), { timeout: 10_000 });
    expect(isRunning(redis)).toBe(false);
  });

  it('fails when its Redis dies', async () => {
    const { child, said, pid } = await run();
    process.kill(await pid(), 'SIGKILL');
    await once(child, 'close');
    expect(said()).toMatch(/The Redis server ended by SIGKILL: .*\nStart this target again\.\nServed 1 request with 1 command\.\nsuccess: false\n$/);
  });
});

describe('what it is asked for', () => {
  const serve = async (options: Partial<Parameters<typeof serveCommand>[0]>): Promise<string> => {
    let said = '';
    expect(await serveCommand({ port: 0, env: {}, ...options }, { write: (text: string) => (said += text) })).toBe(false);
    return said;
  };

  it.each([
    ['env:NO_SUCH', {}, 'NO_SUCH is not set: it is to hold the URL of a Redis server, such as redis://127.0.0.1:6379.\n'],
    ['localhost:6379', {}, '--redis does not hold the URL of a Redis server, such as redis://127.0.0.1:6379.\n'],
    ['env:URL', { URL: 'https://eu1.upstash.io' }, 'URL does not hold the URL of a Redis server, such as redis://127.0.0.1:6379.\n'],
    ['redis://:secret@127.0.0.1:6379', {}, '--redis holds a password, which is now in the history of the shell: change it, put the URL into an environment variable, and name that: --redis=env:NAME.\n'],
  ])('says what is wrong with --redis=%s', async (redis, env, message) => {
    expect(await serve({ redis, env })).toBe(message);
  });

  it('takes a password from the environment', async () => {
    expect(await serve({ redis: 'env:URL', env: { URL: 'redis://:secret@127.0.0.1:1' } })).toMatch(/^Redis at redis:\/\/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/);
  });
});
