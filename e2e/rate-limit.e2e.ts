import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fetchRepeatedly, openBrowser } from './src/browser.ts';
import { call, statuses, type Caller } from './src/calls.ts';
import { changedSince, commitAll, status } from './src/git.ts';
import { inOrder } from './src/in-order.ts';
import { startLocalRedis, type LocalRedis } from './src/local-redis.ts';
import { startNext } from './src/next-server.ts';
import { watchCommandLines } from './src/process-watch.ts';
import { INTL, PROXY_PACKAGES, REAL_PROXIES, WITH_AUTH, writeProxy, type RealProxy } from './src/real-proxies.ts';
import type { RunningServer } from './src/server.ts';
import { attempt, run, runAloud, type Outcome } from './src/shell.ts';
import { createWorkspaceToLimit } from './src/workspace-to-limit.ts';

const { dir: scratch, registryUrl } = inject('shared');
const OUTPUT = join(import.meta.dirname, 'test-output');
const SECRET = 'e2e-bypass-0123456789abcdef0123456789abcdef';
const IMAGES = 60;
const REFUSED_AT_11 = [...Array<number>(10).fill(200), 429];

/** A workspace and its app, limited, served and called, over the Redis that the plugin itself starts. */
describe('rate limits as a new user gets them', () => {
  inOrder();
  let dir: string;
  let app: string;
  let unlimited: string;
  let redis: LocalRedis;
  let browser: Browser;
  let server: RunningServer | undefined;

  const nx = (args: string[], env: Record<string, string> = {}): Promise<Outcome> => attempt('pnpm', ['exec', 'nx', ...args], dir, { env });
  const nxOk = (...args: string[]) => runAloud('pnpm', ['exec', 'nx', ...args], dir);
  const typeCheck = () => run('pnpm', ['exec', 'tsc', '-p', 'apps/web/tsconfig.check.json'], dir);
  const said = (text: string) => (server?.output() ?? '').split('\n').filter((line) => line.includes(text));

  /** Serves it where the platform vouches for the address, as Vercel does, unless it is told otherwise. */
  async function serve(env: Record<string, string> = { VERCEL: '1' }, at = app): Promise<void> {
    await server?.stop();
    server = await startNext(at, '', { ...redis.env, ...env });
  }
  let clients = 0;
  /** A client that has not called yet. */
  function newClient(headers: Record<string, string> = {}): Caller & { headers: Record<string, string> } {
    clients += 1;
    return { url: server?.url ?? '', headers: { ...headers, 'x-real-ip': `203.0.113.${clients}` } };
  }
  const inBrowser = ({ headers }: Caller): Promise<BrowserContext> => browser.newContext({ baseURL: server?.url, extraHTTPHeaders: headers });

  beforeAll(async () => {
    browser = await openBrowser();
    dir = await createWorkspaceToLimit(scratch, 'limited', registryUrl, IMAGES);
    app = join(dir, 'apps/web');
    unlimited = await commitAll(dir, 'the app as it was');
  });
  afterAll(async () => {
    await server?.stop();
    await redis?.stop();
    await browser?.close();
  });

  it('are missing in the audit, and come with one command', async () => {
    expect((await nx(['run', 'web:audit'])).output).toMatch(/✗ rate-limit\/limits .*\n.*fix: nx g @chronos\/nx-harden:rate-limit web/);
    const output = await nxOk('g', '@chronos/nx-harden:rate-limit', 'web');
    expect(output).toContain('CREATE apps/web/src/proxy.ts');
    expect(output).not.toContain('left to you');
    const { dependencies } = JSON.parse(await readFile(join(app, 'package.json'), 'utf-8'));
    expect(dependencies).toMatchObject({ '@upstash/redis': expect.any(String), 'path-to-regexp-6': expect.any(String) });
    const audited = (await nx(['run', 'web:audit'])).output;
    for (const check of ['limits', 'reach', 'mode']) expect(audited).toContain(`✓ rate-limit/${check} `);
    await commitAll(dir, 'limited');
    await nxOk('g', '@chronos/nx-harden:rate-limit', 'web');
    expect(await status(dir)).toBe('');
  });

  it('lint, type-check and build, and Next has the proxy', async () => {
    await nxOk('lint', 'web');
    await run('pnpm', ['exec', 'tsc', '-p', 'apps/web/tsconfig.json', '--noEmit'], dir);
    await nxOk('build', 'web');
    const manifest = JSON.parse(await readFile(join(app, '.next/server/functions-config-manifest.json'), 'utf-8'));
    const { runtime, matchers } = manifest.functions['/_middleware'];
    expect(runtime).toBe('nodejs');
    for (const path of ['/', '/api/hello']) expect(matchers.some(({ regexp, has }: { regexp: string; has?: unknown }) => !has && new RegExp(regexp).test(path)), path).toBe(true);
  });

  it('refuse the 11th call in ten seconds, of that client alone, until Retry-After has passed', async () => {
    redis = await startLocalRedis(dir, scratch);
    expect(Object.keys(redis.env)).toEqual(['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN']);
    await serve();
    const [one, other] = [newClient(), newClient()];
    expect(await statuses(10, one, '/api/hello')).toEqual(REFUSED_AT_11.slice(0, 10));
    const refused = await call(one, '/api/hello');
    expect(refused.status).toBe(429);
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'retry-after': expect.stringMatching(/^([1-9]|10)$/),
      ratelimit: expect.stringMatching(/^"\/api\/:path\*";r=0;t=\d+$/),
      'ratelimit-policy': '"/api/:path*";q=10;w=10',
    });
    expect(JSON.parse(refused.body)).toMatchObject({ title: 'Too many requests', status: 429 });
    const allowed = await call(other, '/api/hello');
    expect(allowed).toMatchObject({ status: 200, body: expect.stringContaining('Hello') });
    expect(allowed.headers.get('ratelimit')).toMatch(/r=9;/);
    await sleep(Number(refused.headers.get('retry-after')) * 1000);
    expect((await call(one, '/api/hello')).status).toBe(200);
  });

  it('are not got round by headers that a client makes up', async () => {
    const { url, headers } = newClient();
    const spoofed = (index: number) => ({ url, headers: { ...headers, 'x-forwarded-for': `198.51.100.${index}`, 'x-vercel-forwarded-for': `198.51.100.${index}`, forwarded: `for=198.51.100.${index}`, 'user-agent': `client ${index}` } });
    expect(await statuses(11, spoofed, '/api/hello')).toEqual(REFUSED_AT_11);
  });

  it('are shown to people as a page, and to scripts as JSON; what a page fetches does not keep a person out', async () => {
    const client = newClient();
    const context = await inBrowser(client);
    const page = await context.newPage();
    const policy = (await page.goto('/'))?.headers()['ratelimit-policy'] ?? '';
    const limit = Number(/q=(\d+)/.exec(policy)?.[1]);
    const fetchIn = (path: string, times: number, together: number) => page.evaluate(fetchRepeatedly, { path, times, together });
    expect((await fetchIn('/api/hello', 11, 1)).map((answer) => answer.status)).toEqual(REFUSED_AT_11);
    expect(await fetchIn('/', limit + 1, 50)).toContainEqual({ status: 429, type: 'application/problem+json' });
    expect((await page.goto('/'))?.status()).toBe(200);
    for (let sent = 0; sent < limit; sent += 50) await Promise.all(Array.from({ length: 50 }, () => call(client, '/')));
    expect((await page.goto('/'))?.status()).toBe(429);
    expect(await page.getByRole('main').innerText()).toMatch(/^Too many requests\s+Please wait \d+ seconds?, then try again\.$/);
    await mkdir(OUTPUT, { recursive: true });
    await page.screenshot({ path: join(OUTPUT, 'too-many-requests.png') });
    await context.close();
  });

  it('leave a page with many images and links alone, however often it is loaded', async () => {
    const context = await inBrowser(newClient());
    const page = await context.newPage();
    const seen: string[] = [];
    page.on('response', (response) => seen.push(`${response.status()} ${new URL(response.url()).pathname}`));
    const times = 4;
    for (let time = 0; time < times; time++) await page.goto('/gallery', { waitUntil: 'networkidle' });
    expect(seen.filter((one) => !/^(200|304) /.test(one))).toEqual([]);
    expect(seen.filter((one) => one.includes(' /images/gallery/'))).toHaveLength(IMAGES * times);
    expect(seen.filter((one) => one.includes(' /photos/')).length).toBeGreaterThanOrEqual(IMAGES);
    await page.getByRole('link', { name: 'Photo 3', exact: true }).click();
    await page.getByRole('heading', { name: 'Photo 3', exact: true }).waitFor();
    await context.close();
  });

  it('hold, with no failed request, while Redis is away; sign-in waits for it', async () => {
    expect(await statuses(2, newClient(), '/api/login', 'POST')).toEqual([200, 200]);
    expect(await redis.stop()).toEqual([]);
    for (let count = 0; count < 3; count++) expect(await statuses(11, newClient(), '/api/hello')).toEqual(REFUSED_AT_11);
    const refused = await call(newClient(), '/api/login', 'POST');
    expect(refused).toMatchObject({ status: 503, body: expect.stringContaining('Not available for a moment') });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(refused.headers.has('ratelimit')).toBe(false);
    expect(said('Redis cannot be asked')).toHaveLength(1);
    redis = await startLocalRedis(dir, scratch, redis.port);
    for (let tries = 0; tries < 40 && said('Redis answers again').length === 0; tries++) {
      await call(newClient(), '/api/hello');
      await sleep(250);
    }
    expect(said('Redis answers again')).toHaveLength(1);
    expect((await call(newClient(), '/api/login', 'POST')).status).toBe(200);
    for (const line of said('[rate-limit]')) expect(line).not.toMatch(/203\.0\.113|local-development/);
  });

  it('let a load test past with a signed pass, and not in production', async () => {
    const without = await nx(['run', 'web:rate-limit-bypass']);
    expect(without.code).not.toBe(0);
    expect(without.output.match(/RATE_LIMIT_BYPASS_SECRET is not set/g)).toHaveLength(1);
    expect(without.output).not.toMatch(/^\s+at /m);
    const watch = watchCommandLines([SECRET]);
    const { output, code } = await nx(['run', 'web:rate-limit-bypass', '--verbose'], { RATE_LIMIT_BYPASS_SECRET: SECRET });
    const { looks, found } = await watch.stop();
    expect(looks).toBeGreaterThan(10);
    expect(found).toEqual([]);
    expect(code, output).toBe(0);
    expect(output).not.toContain(SECRET);
    const [, pass = ''] = /^x-rate-limit-bypass: (\S+)$/m.exec(output) ?? [];
    const withPass = (): Caller => newClient({ 'x-rate-limit-bypass': pass });
    await serve({ VERCEL: '1', VERCEL_ENV: 'preview', RATE_LIMIT_BYPASS_SECRET: SECRET });
    const loadTest = withPass();
    expect(await statuses(30, loadTest, '/api/hello')).toEqual(Array(30).fill(200));
    const forged = `${pass.slice(0, -1)}${pass.endsWith('0') ? '1' : '0'}`;
    expect(await statuses(11, { ...loadTest, headers: { ...loadTest.headers, 'x-rate-limit-bypass': forged } }, '/api/hello')).toEqual(REFUSED_AT_11);
    await serve({ VERCEL: '1', VERCEL_ENV: 'production', RATE_LIMIT_BYPASS_SECRET: SECRET });
    expect(await statuses(11, withPass(), '/api/hello')).toEqual(REFUSED_AT_11);
  });

  it('only report, for a first week; and behind a proxy of ours, believe its entry alone', async () => {
    await nxOk('g', '@chronos/nx-harden:rate-limit', 'web', '--mode=report', '--trustedProxies=1');
    expect((await nx(['run', 'web:audit'])).output).toMatch(/! rate-limit\/mode .*\n.*fix: nx g @chronos\/nx-harden:rate-limit web --mode=enforce/);
    await nxOk('build', 'web');
    const behindProxy = (index: number): Caller => ({ url: server?.url ?? '', headers: { 'x-real-ip': `198.51.100.${index}`, 'x-forwarded-for': `198.51.100.${index}, 203.0.113.200` } });
    await serve({});
    expect(await statuses(15, behindProxy, '/api/hello')).toEqual(Array(15).fill(200));
    expect((await call(behindProxy(1), '/api/hello')).headers.get('ratelimit')).toMatch(/r=0;/);
    expect(said('Would refuse calls under "/api/:path*"')).toHaveLength(1);
    await serve({ RATE_LIMIT_MODE: 'enforce', VERCEL_ENV: 'another' });
    expect(await statuses(11, behindProxy, '/api/hello')).toEqual(REFUSED_AT_11);
  });

  it('go away without a trace', async () => {
    await nxOk('g', '@chronos/nx-harden:remove', 'rate-limit', 'web');
    expect((await changedSince(dir, unlimited)).filter((file) => file !== 'pnpm-lock.yaml')).toEqual([]);
  });

  describe('around a proxy that is there already', () => {
    let before: string;

    beforeAll(async () => {
      // Those of the limits too, as if the team had them: nothing is then installed in between.
      await run('pnpm', ['add', ...PROXY_PACKAGES, '@upstash/redis@^1.39.0', 'path-to-regexp-6@npm:path-to-regexp@^6.3.0'], app);
    });

    /** Puts the proxy in, and the limits around it, and type-checks both against the real package. */
    async function limit(proxy: RealProxy): Promise<void> {
      await writeProxy(app, proxy);
      before = await commitAll(dir, proxy.title);
      expect(await nxOk('g', '@chronos/nx-harden:rate-limit', 'web')).not.toContain('left to you');
      const [file = ''] = Object.keys(proxy.files);
      expect(await readFile(join(app, 'src', file), 'utf-8')).toContain(proxy.limited);
      await typeCheck();
    }
    async function takeOut(proxy: RealProxy): Promise<void> {
      await server?.stop();
      await nxOk('g', '@chronos/nx-harden:remove', 'rate-limit', 'web');
      expect(await changedSince(dir, before)).toEqual([]);
      for (const file of Object.keys(proxy.files)) await rm(join(app, 'src', file));
    }

    it.each(REAL_PROXIES)('$title: type-checks, and comes back to the byte', async (proxy) => {
      await limit(proxy);
      await takeOut(proxy);
    });

    it('next-intl still sends people to their language, and the API is limited', async () => {
      await limit(INTL);
      await nxOk('build', 'web');
      await serve();
      const home = await call(newClient({ 'accept-language': 'de' }), '/');
      expect(home.status).toBe(307);
      expect(home.headers.get('location')).toBe('/de');
      expect(home.headers.get('ratelimit-policy')).toMatch(/^"\/:path\*";q=\d+;w=\d+$/);
      expect(await statuses(11, newClient(), '/api/hello')).toEqual(REFUSED_AT_11);
      await takeOut(INTL);
    });

    it('next-auth still keeps people out, in the edge runtime, and the API is limited', async () => {
      await limit(WITH_AUTH);
      await nxOk('build', 'web');
      await serve({ VERCEL: '1', NEXTAUTH_SECRET: SECRET });
      const manifest = JSON.parse(await readFile(join(app, '.next/server/middleware-manifest.json'), 'utf-8'));
      expect(Object.keys(manifest.middleware)).toEqual(['/']);
      const kept = await call(newClient(), '/me');
      expect(kept.status).toBe(307);
      expect(kept.headers.get('location')).toContain('/api/auth/signin?callbackUrl=%2Fme');
      expect((await call(newClient(), '/')).status).toBe(200);
      expect(await statuses(11, newClient(), '/api/hello')).toEqual(REFUSED_AT_11);
      await takeOut(WITH_AUTH);
    });
  });

  it('work in an app without TypeScript', async () => {
    await nxOk('g', '@chronos/nx-harden:rate-limit', 'shop');
    await nxOk('build', 'shop');
    await serve({ VERCEL: '1' }, join(dir, 'apps/shop'));
    expect(await statuses(11, newClient(), '/api/hello')).toEqual(REFUSED_AT_11);
  });

  it('leave no Redis behind, when all is stopped', async () => {
    await server?.stop();
    expect(await redis.stop()).toEqual([]);
  });
});
