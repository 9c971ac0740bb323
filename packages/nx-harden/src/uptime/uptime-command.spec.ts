import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBetterStack, type BetterStackServer } from '../testing/better-stack';
import type { Patience } from './patience';
import { uptimeCommand, type UptimeCommand } from './uptime-command';

const QUICK: Patience = { attempts: 3, timeoutMs: 1_000, firstWaitMs: 5, longestWaitMs: 50 };
const TOKEN = 'bs-5ecret-t0ken';
const FILE = {
  prefix: 'nx-harden acme web: ',
  url: 'https://example.com',
  monitors: [
    { name: 'home page', path: '/', frequency: 180 },
    { name: 'health', path: '/api/health', expectedStatusCodes: [200] },
  ],
  heartbeats: [
    { name: 'backup', period: 86400, grace: 17280, env: 'BACKUP_HEARTBEAT_URL' },
    { name: 'restore drill', period: 604800, grace: 120960, env: 'DRILL_HEARTBEAT_URL' },
  ],
};

let server: BetterStackServer;
let root: string;
beforeEach(async () => {
  server = await startBetterStack(TOKEN);
  root = mkdtempSync(join(tmpdir(), 'nx-harden-uptime-'));
  mkdirSync(join(root, 'apps/web'), { recursive: true });
  execFileSync('git', ['init'], { cwd: root, stdio: 'ignore' });
  writeFileSync(join(root, '.gitignore'), '.env.local\n');
  put(FILE);
});
afterEach(async () => {
  await server.stop();
  rmSync(root, { recursive: true });
});

const put = (file: object): void => writeFileSync(join(root, 'apps/web/uptime.json'), JSON.stringify(file));
const envFile = (): string => join(root, 'apps/web/.env.local');

async function run(more: Partial<UptimeCommand> = {}): Promise<{ success: boolean; said: string }> {
  let said = '';
  const command: UptimeCommand = { workspaceRoot: root, appRoot: 'apps/web', app: 'web', apply: false, envFile: 'apps/web/.env.local', apiUrl: server.url, token: TOKEN, patience: QUICK, ...more };
  const success = await uptimeCommand(command, { write: (text: string) => (said += text) });
  expect(said).not.toContain(TOKEN);
  expect(said).not.toMatch(/^\s+at /m);
  return { success, said };
}
const apply = (): ReturnType<typeof run> => run({ apply: true });
const asked = (method: string): string[] => server.seen.filter((one) => one.startsWith(method));

describe('a plan', () => {
  it('says what is to be done, and does none of it', async () => {
    const { success, said } = await run();
    expect(success).toBe(true);
    expect(said).toBe(`  + monitor "nx-harden acme web: home page"
  + monitor "nx-harden acme web: health"
  + heartbeat "nx-harden acme web: backup"
  + heartbeat "nx-harden acme web: restore drill"
4 to create, 0 to update, 0 to delete, 0 unchanged.
Nothing was changed. To do it: nx run web:uptime --apply
`);
    expect(server.seen.every((one) => one.startsWith('GET '))).toBe(true);
    expect(existsSync(envFile())).toBe(false);
  });

  it.each<[string, Partial<UptimeCommand>, string]>([
    ['without a token', { token: '' }, 'BETTERSTACK_API_TOKEN is not set.'],
    ['with a wrong one', { token: 'wrong-t0ken' }, 'Better Stack does not take the token in BETTERSTACK_API_TOKEN (401).'],
    ['over the network in the clear', { apiUrl: 'http://example.com/api/v2' }, 'The address of the API has to begin with https://'],
    ['in an app without the file', { appRoot: 'apps/shop' }, 'apps/shop/uptime.json is not there: nx g @chronos/nx-harden:uptime web makes one.'],
  ])('is one sentence %s', async (_, more, message) => {
    const { success, said } = await run(more);
    expect(success).toBe(false);
    expect(said).toContain(message);
    expect(said.trimEnd().split('\n')).toHaveLength(1);
    if (more.token) expect(said).not.toContain(more.token);
  });

  it('with nobody there is one sentence as well', async () => {
    const gone = await startBetterStack();
    await gone.stop();
    expect(await run({ apiUrl: gone.url })).toEqual({ success: false, said: 'Better Stack cannot be reached for its monitors (ECONNREFUSED).\n' });
  });

  it('of a wrong file says where it is wrong, and asks nobody', async () => {
    put({ ...FILE, monitors: [FILE.monitors[0], { ...FILE.monitors[1], frequency: 5 }] });
    expect((await run()).said).toBe('uptime.json: monitors[1].frequency: has to be a whole number from 30 to 86400\n');
    expect(server.seen).toEqual([]);
  });

  it('does not show the token that a server sends back', async () => {
    server.faults = [{ mode: 'status', status: 400, body: { errors: `Bad header: Bearer ${TOKEN}` } }];
    expect((await run()).said).toBe('Better Stack answered 400 for its monitors: Bad header: Bearer ***\n');
  });
});

describe('what is applied', () => {
  it('is there; and applied again, nothing changes', async () => {
    const { success, said } = await apply();
    expect(success, said).toBe(true);
    expect(said).toContain('[4/4] + heartbeat "nx-harden acme web: restore drill"\nDone: 4 changes.\n');
    expect(server.stored.monitors.map(({ attributes }) => attributes)).toMatchObject([
      { pronounceable_name: 'nx-harden acme web: home page', url: 'https://example.com/', check_frequency: 180, monitor_type: 'status' },
      { pronounceable_name: 'nx-harden acme web: health', url: 'https://example.com/api/health', monitor_type: 'expected_status_code', expected_status_codes: [200] },
    ]);
    const before = structuredClone(server.stored);
    server.seen.length = 0;
    const again = await apply();
    expect(again).toEqual({ success: true, said: '0 to create, 0 to update, 0 to delete, 4 unchanged.\nBetter Stack has what uptime.json says: nothing to do.\n' });
    expect(server.seen.every((one) => one.startsWith('GET '))).toBe(true);
    expect(server.stored).toEqual(before);
    expect((await run()).said).toContain('Better Stack has what uptime.json says.');
  });

  it('updates what differs, deletes what is gone from the file, and leaves the rest of the account alone', async () => {
    await apply();
    server.stored.monitors.push({ id: '7', attributes: { pronounceable_name: 'home page of the team', url: 'https://example.com/' } });
    put({ ...FILE, monitors: [{ name: 'home page', path: '/', frequency: 60 }] });
    expect((await apply()).said).toContain('  ~ monitor "nx-harden acme web: home page": frequency 180 → 60\n  - monitor "nx-harden acme web: health"\n');
    expect(server.stored.monitors.map(({ attributes }) => [attributes['pronounceable_name'], attributes['check_frequency']])).toEqual([['nx-harden acme web: home page', 60], ['home page of the team', undefined]]);
  });

  it('and fails half-way says how far it is, and is completed by the next run', async () => {
    server.befall = (method) => (method === 'POST' && asked('POST').length > 2 ? { mode: 'status', status: 403, body: { errors: 'No more' } } : undefined);
    const { success, said } = await apply();
    expect(success).toBe(false);
    expect(said).toContain('2 of 4 changes are done; the rest is not. Run it again: it goes on from there.\nBetter Stack answered 403 for the heartbeat "nx-harden acme web: backup": No more\n');
    expect(existsSync(envFile())).toBe(false);
    server.befall = undefined;
    expect((await apply()).said).toContain('2 to create, 0 to update, 0 to delete, 2 unchanged.');
    expect(server.stored.monitors).toHaveLength(2);
    expect(server.stored.heartbeats).toHaveLength(2);
    expect(readFileSync(envFile(), 'utf-8')).toMatch(/^BACKUP_HEARTBEAT_URL=\S+\nDRILL_HEARTBEAT_URL=\S+\n$/);
  });

  it.each<[string, BetterStackServer['faults'][number], number]>([
    // It was done: one POST for each.
    ['whose answer was lost', { mode: 'lost-answer' }, 4],
    ['that was cut before it was done', { mode: 'cut' }, 5],
    ['that an overloaded gateway answered', { mode: 'status', status: 504 }, 5],
  ])('is there once, after a request %s', async (_, fault, posts) => {
    let isOver = false;
    server.befall = (method) => {
      if (isOver || method !== 'POST') return undefined;
      isOver = true;
      return fault;
    };
    const { success, said } = await apply();
    expect(success, said).toBe(true);
    expect(server.stored.monitors).toHaveLength(2);
    expect(asked('POST')).toHaveLength(posts);
    expect((await run()).said).toContain('4 unchanged');
  });

  it('and refused for a field, names its place in the file', async () => {
    server.befall = (method, path) => (method === 'POST' && path === '/heartbeats' ? { mode: 'status', status: 422, body: { errors: { grace: ['is too long', 'is odd'] } } } : undefined);
    expect((await apply()).said).toMatch(/\nuptime\.json: heartbeats\[0\]\.grace: Better Stack says: is too long, is odd\n$/);
  });

  it('and deleted by somebody meanwhile, is one sentence', async () => {
    await apply();
    put({ ...FILE, monitors: [{ name: 'home page', path: '/', frequency: 60 }, FILE.monitors[1]] });
    server.befall = (method) => {
      if (method === 'PATCH') server.stored.monitors.shift();
      return undefined;
    };
    expect((await apply()).said).toMatch(/\nBetter Stack no longer has the monitor "nx-harden acme web: home page" \(404\): somebody deleted it meanwhile\. Run it again\.\n$/);
    server.befall = undefined;
    expect((await apply()).success).toBe(true);
    expect((await run()).said).toContain('4 unchanged');
  });
});

describe('the URLs of heartbeats', () => {
  it('go into the env file, for its owner alone, and are not shown; what else is there stays', async () => {
    writeFileSync(envFile(), '# mine\nDATABASE_URL=postgres://x\nBACKUP_HEARTBEAT_URL=old\n');
    const { said } = await run({ apply: true, environment: 'backup-web' });
    const [backup, drill] = server.stored.heartbeats.map(({ attributes }) => String(attributes['url']));
    expect(readFileSync(envFile(), 'utf-8')).toBe(`# mine\nDATABASE_URL=postgres://x\nBACKUP_HEARTBEAT_URL=${backup}\nDRILL_HEARTBEAT_URL=${drill}\n`);
    expect(statSync(envFile()).mode & 0o777).toBe(0o600);
    for (const url of [backup ?? '-', drill ?? '-']) expect(said).not.toContain(url);
    expect(said).toContain('BACKUP_HEARTBEAT_URL and DRILL_HEARTBEAT_URL are in apps/web/.env.local, which its owner alone can read.');
    expect(said).toContain("\n  sed -n 's/^\\(export \\)\\{0,1\\}BACKUP_HEARTBEAT_URL=//p' apps/web/.env.local | tail -n 1 | gh secret set BACKUP_HEARTBEAT_URL --env backup-web\n");
    expect(execFileSync('sh', ['-c', /^ {2}(sed .*) \| gh secret set BACKUP/m.exec(said)?.[1] ?? ''], { cwd: root, encoding: 'utf-8' })).toBe(`${backup}\n`);
  });

  it('have a place before anything is created', async () => {
    rmSync(join(root, '.gitignore'));
    const { success, said } = await apply();
    expect(success).toBe(false);
    expect(said).toContain('is not written into apps/web/.env.local: git does not ignore it.');
    expect(asked('POST')).toEqual([]);
    put({ ...FILE, heartbeats: [] });
    expect((await apply()).success).toBe(true);
  });

  it('are written again when the file has lost them', async () => {
    await apply();
    rmSync(envFile());
    expect((await apply()).said).toContain('BACKUP_HEARTBEAT_URL and DRILL_HEARTBEAT_URL are in apps/web/.env.local');
  });

  it('that no job could call, or that are more than a URL, are not written', async () => {
    await apply();
    rmSync(envFile());
    for (const url of ['http://elsewhere.example/beat', 'https://x.example/$(id)', 'https://x.example/\nNODE_OPTIONS=--require=/tmp/x', 7]) {
      if (server.stored.heartbeats[0]) server.stored.heartbeats[0].attributes['url'] = url;
      const { success, said } = await apply();
      expect([success, said]).toEqual([false, expect.stringContaining('is none that a job can call, so BACKUP_HEARTBEAT_URL is not set.')]);
      expect(existsSync(envFile())).toBe(false);
    }
  });
});
