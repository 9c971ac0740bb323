import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { call, type Answer } from './src/calls.ts';
import { changedSince, commitAll, status } from './src/git.ts';
import { inOrder } from './src/in-order.ts';
import { startLocalBetterStack, type LocalBetterStack } from './src/local-better-stack.ts';
import { startNext } from './src/next-server.ts';
import { startPostgres, type TestDatabase } from './src/postgres.ts';
import { watchCommandLines } from './src/process-watch.ts';
import type { RunningServer } from './src/server.ts';
import { attempt, run, runAloud, type Outcome } from './src/shell.ts';
import { startTcpGate, type TcpGate } from './src/tcp-gate.ts';
import { createWorkspaceToWatch, prerendered } from './src/workspace-to-watch.ts';

const { dir: scratch, registryUrl } = inject('shared');
const TOKEN = 'e2e-bett3r-t0ken-91c4';
/** A look at the database is kept for five seconds. */
const KEPT_MS = 5_200;

describe('uptime as a new user gets it', () => {
  inOrder();
  let dir: string;
  let app: string;
  let before: string;
  let database: TestDatabase;
  let gate: TcpGate;
  let url: URL;
  let better: LocalBetterStack;
  let server: RunningServer | undefined;
  const outputs: string[] = [];

  const nx = async (args: string[], env: Record<string, string> = {}): Promise<Outcome> => {
    const outcome = await attempt('pnpm', ['exec', 'nx', ...args], dir, { env });
    outputs.push(outcome.output);
    return outcome;
  };
  const nxOk = (...args: string[]) => runAloud('pnpm', ['exec', 'nx', ...args], dir);
  const uptime = (...args: string[]): Promise<Outcome> => nx(['run', 'web:uptime', ...args], { BETTERSTACK_API_TOKEN: TOKEN, BETTERSTACK_API_URL: better.url });
  const health = (path = '/api/health', method = 'GET'): Promise<Answer> => call({ url: server?.url ?? '' }, path, method);

  async function serve(at = app, env: Record<string, string> = { DATABASE_URL: url.href }): Promise<void> {
    await server?.stop();
    server = await startNext(at, '', env);
  }
  /** A server on another port, behind the same address. */
  async function startDatabase(): Promise<void> {
    database = await startPostgres();
    const own = new URL(database.url());
    gate ??= await startTcpGate(Number(own.port));
    gate.target = Number(own.port);
    await database.query(`CREATE ROLE app LOGIN PASSWORD 'e2e-p4ssw0rd-77'; GRANT pg_read_all_data TO app`);
    url = Object.assign(new URL(own), { username: 'app', password: 'e2e-p4ssw0rd-77', port: String(gate.port) });
  }

  beforeAll(async () => {
    await startDatabase();
    better = await startLocalBetterStack(TOKEN);
    dir = await createWorkspaceToWatch(scratch, 'watched', registryUrl);
    app = join(dir, 'apps/web');
    before = await commitAll(dir, 'the app as it was');
  });
  afterAll(async () => {
    await server?.stop();
    await gate?.stop();
    await database?.stop();
    await better?.stop();
  });

  it('is missed by the audit, and comes with one command', async () => {
    expect((await nx(['run', 'web:audit'])).output).toMatch(/✗ uptime\/health .*\n.*fix: nx g @chronos\/nx-harden:uptime web/);
    const output = await nxOk('g', '@chronos/nx-harden:uptime', 'web', '--url=https://example.com');
    expect(output).toContain('CREATE apps/web/src/app/api/health/route.ts');
    expect(output).not.toContain('left to you');
    const audited = (await nx(['run', 'web:audit'])).output;
    for (const check of ['health', 'monitors']) expect(audited).toContain(`✓ uptime/${check} `);
    await commitAll(dir, 'watched');
    await nxOk('g', '@chronos/nx-harden:uptime', 'web');
    expect(await status(dir)).toBe('');
  });

  it('lints, type-checks and builds, and Next makes none of it at build time', async () => {
    await nxOk('lint', 'web');
    await run('pnpm', ['exec', 'tsc', '-p', 'apps/web/tsconfig.json', '--noEmit'], dir);
    await nxOk('build', 'web');
    expect((await prerendered(app)).filter((path) => path.startsWith('/api/'))).toEqual([]);
  });

  it('says 200 while the database answers, 503 in time while it does not, and 200 again', async () => {
    await serve();
    const well = await health();
    expect(well).toMatchObject({ status: 200, body: '{"status":"ok","checks":{"database":"ok"}}' });
    expect(Object.fromEntries(well.headers)).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json' });
    expect(await health('/api/health', 'HEAD')).toMatchObject({ status: 200, body: '' });

    await database.stop();
    await sleep(KEPT_MS);
    const started = performance.now();
    const ill = await health();
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(ill).toMatchObject({ status: 503, body: '{"status":"unavailable","checks":{"database":"failed"}}' });
    expect(ill.headers.get('cache-control')).toBe('no-store');
    expect(await health('/api/health/live')).toMatchObject({ status: 200, body: '{"status":"ok"}' });

    await startDatabase();
    await sleep(KEPT_MS);
    expect((await health()).status).toBe(200);
    const log = server?.output() ?? '';
    expect(log.match(/\[health\]/g)).toHaveLength(2);
    for (const secret of [url.password, url.username, String(gate.port)]) expect(log.replace(server?.url ?? '', '')).not.toContain(secret === 'app' ? 'app:' : secret);
  });

  it('costs one connection, however often it is asked for', async () => {
    await sleep(KEPT_MS);
    const comers = gate.comers;
    const answers = await Promise.all(Array.from({ length: 200 }, () => health()));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    expect(gate.comers - comers).toBe(1);
  });

  it('plans, applies, and then has nothing to do', async () => {
    const plan = await uptime();
    expect(plan.code, plan.output).toBe(0);
    expect(plan.output).toMatch(/ {2}\+ monitor "nx-harden watched web: home page"\n {2}\+ monitor "nx-harden watched web: health"\n2 to create, 0 to update, 0 to delete, 0 unchanged\.\nNothing was changed\. To do it: nx run web:uptime --apply/);
    expect(better.seen.filter((one) => !one.startsWith('GET '))).toEqual([]);

    let posts = 0;
    better.befall = (method) => (method === 'POST' && ++posts === 2 ? { mode: 'status', status: 422, body: { errors: { check_frequency: ['is not in your plan'] } } } : undefined);
    const failed = await uptime('--apply');
    expect(failed.code).not.toBe(0);
    expect(failed.output).toMatch(/1 of 2 changes are done; the rest is not\. Run it again: it goes on from there\.\nuptime\.json: monitors\[1\]\.frequency: Better Stack says: is not in your plan\n/);
    expect(failed.output).not.toMatch(/^\s+at /m);

    better.befall = undefined;
    expect((await uptime('--apply')).output).toContain('1 to create, 0 to update, 0 to delete, 1 unchanged.');
    expect(better.stored.monitors.map(({ attributes }) => attributes['url'])).toEqual(['https://example.com/', 'https://example.com/api/health']);
    const stored = structuredClone(better.stored);
    expect((await uptime('--apply')).output).toContain('Better Stack has what uptime.json says: nothing to do.');
    expect(better.stored).toEqual(stored);

    const live = await nx(['run', 'web:audit-live', '--only=uptime'], { BETTERSTACK_API_TOKEN: TOKEN, BETTERSTACK_API_URL: better.url });
    expect(live.output).toContain('✓ uptime/live ');
    expect((await nx(['run', 'web:audit-live', '--only=uptime'])).output).toContain('BETTERSTACK_API_TOKEN is not set');
    expect(await status(dir)).toBe('');
  });

  it('notices a backup that does not run: its heartbeat goes where the backup reads it', async () => {
    const audited = await nxOk('g', '@chronos/nx-harden:backup', 'web');
    expect(audited).not.toContain('left to you');
    expect((await nx(['run', 'web:audit'])).output).toContain('✓ uptime/heartbeats ');
    const ignored = await attempt('git', ['check-ignore', 'apps/web/.env.local'], dir);
    if (ignored.code !== 0) {
      const refused = await uptime('--apply');
      expect(refused.code).not.toBe(0);
      expect(refused.output).toContain('is not written into apps/web/.env.local: git does not ignore it.');
      expect(better.stored.heartbeats).toEqual([]);
      await appendFile(join(dir, '.gitignore'), '.env*.local\n');
    }
    await commitAll(dir, 'backups');
    const applied = await uptime('--apply');
    expect(applied.code, applied.output).toBe(0);
    expect(applied.output).toContain('BACKUP_HEARTBEAT_URL and DRILL_HEARTBEAT_URL are in apps/web/.env.local, which its owner alone can read.');
    const file = await readFile(join(app, '.env.local'), 'utf-8');
    expect(file).toMatch(/^BACKUP_HEARTBEAT_URL=http:\/\/127\.0\.0\.1:\d+\/api\/v1\/heartbeat\/beat-\d+\nDRILL_HEARTBEAT_URL=\S+\n$/);
    expect((await stat(join(app, '.env.local'))).mode & 0o777).toBe(0o600);
    expect(applied.output).not.toContain('/heartbeat/beat-');
    expect(await status(dir)).toBe('');

    const made = await nx(['run', 'web:backup-db'], { DATABASE_URL: database.url() });
    expect(made.code, made.output).toBe(0);
    expect(better.beats.map(({ id, body }) => [id, (JSON.parse(body) as { event: string }).event])).toEqual([
      [/beat-\d+/.exec(file)?.[0], 'start'],
      [/beat-\d+/.exec(file)?.[0], 'success'],
    ]);
  });

  it('shows the token to nobody: no process list, no output, no file', async () => {
    const watch = watchCommandLines([TOKEN]);
    await uptime('--verbose');
    await nx(['run', 'web:uptime', '--verbose'], { BETTERSTACK_API_TOKEN: `${TOKEN}-wrong`, BETTERSTACK_API_URL: better.url });
    const { looks, found } = await watch.stop();
    expect(looks).toBeGreaterThan(10);
    expect(found).toEqual([]);
    expect(outputs.at(-1)).toContain('Better Stack does not take the token in BETTERSTACK_API_TOKEN (401).');
    for (const output of outputs) expect(output).not.toContain(TOKEN);
    for (const path of [dir, join(homedir(), '.nx')]) {
      const holding = await attempt('grep', ['-rlF', '-e', TOKEN, '--exclude-dir=node_modules', path], dir);
      expect(holding.stdout.split('\n').filter(Boolean)).toEqual([]);
    }
  });

  it('goes away without a trace', async () => {
    await nxOk('g', '@chronos/nx-harden:remove', 'uptime', 'web');
    await nxOk('g', '@chronos/nx-harden:remove', 'backup', 'web');
    await rm(join(app, '.env.local'));
    expect((await changedSince(dir, before)).filter((file) => file !== 'pnpm-lock.yaml' && file !== '.gitignore')).toEqual([]);
  });

  it('waits for requests with Cache Components as well, which forbid to say so by `dynamic`', async () => {
    const config = join(app, 'next.config.js');
    const text = await readFile(config, 'utf-8');
    await writeFile(config, text.replace('const nextConfig = {', 'const nextConfig = {\n  cacheComponents: true,'));
    expect(await readFile(config, 'utf-8')).not.toBe(text);
    await nxOk('g', '@chronos/nx-harden:uptime', 'web', '--url=https://example.com');
    await nxOk('build', 'web');
    // The preset's own route, which waits for nothing, is made at build time, as ours would be.
    expect((await prerendered(app)).filter((path) => path.startsWith('/api/'))).toEqual(['/api/hello']);
    await serve();
    expect((await health()).status).toBe(200);
    await serve(app, { DATABASE_URL: Object.assign(new URL(url), { password: 'wrong' }).href });
    expect((await health()).status).toBe(503);
    expect((await health('/api/health/live')).status).toBe(200);
    expect(server?.output()).toContain('[health] database: 28P01');
  });

  it('works in an app with pages and without TypeScript, which has no database', async () => {
    await nxOk('g', '@chronos/nx-harden:uptime', 'shop', '--url=https://shop.example.com');
    await nxOk('build', 'shop');
    await serve(join(dir, 'apps/shop'), {});
    expect(await health()).toMatchObject({ status: 200, body: '{"status":"ok","checks":{}}' });
    expect((await health()).headers.get('cache-control')).toBe('no-store');
    expect((await health('/api/health/live')).status).toBe(200);
    expect((await health('/api/health', 'POST')).status).toBe(405);
  });
});
