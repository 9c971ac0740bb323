import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from './src/browser.ts';
import { changedSince, commitAll, status } from './src/git.ts';
import { inOrder } from './src/in-order.ts';
import { startNext } from './src/next-server.ts';
import { startSentryIngest, type SentryIngest } from './src/sentry-ingest.ts';
import { startSentryUploads } from './src/sentry-uploads.ts';
import type { RunningServer } from './src/server.ts';
import { attempt, run, runAloud, type Outcome } from './src/shell.ts';
import { createWorkspaceToObserve, ERRORS, PRIVATE } from './src/workspace-to-observe.ts';

const { dir: scratch, registryUrl } = inject('shared');
const OUTPUT = join(import.meta.dirname, 'test-output');
const RELEASE = 'e2e0123456789';
const ENVIRONMENT = { VERCEL_ENV: 'preview', VERCEL_GIT_COMMIT_SHA: RELEASE, NEXT_PUBLIC_SENTRY_TRACES_SAMPLE_RATE: '1' };
const TOKEN = 'sntrys_e2e_0123456789';

/** An app that fails in every way, built and served, with a local server in the place of Sentry. */
describe('errors as a new user gets to know them', () => {
  inOrder();
  let dir: string;
  let app: string;
  let before: string;
  let ingest: SentryIngest;
  let browser: Browser;
  let server: RunningServer | undefined;

  const nx = (args: string[], env: Record<string, string> = {}): Promise<Outcome> => attempt('pnpm', ['exec', 'nx', ...args], dir, { env });
  const nxOk = (...args: string[]) => runAloud('pnpm', ['exec', 'nx', ...args], dir);

  async function serve(env: Record<string, string>): Promise<string> {
    await server?.stop();
    server = await startNext(app, '', env);
    return server.url;
  }
  async function build(env: Record<string, string>): Promise<string> {
    // Sentry's program remembers there where an organization is.
    const config = await mkdtemp(join(scratch, 'sentry-config-'));
    const { output, code } = await nx(['build', 'web', '--skip-nx-cache'], { SENTRY_CONFIG_DIR: config, ...env });
    expect(code, output).toBe(0);
    return output;
  }
  async function open(path: string): Promise<Page> {
    const context = await browser.newContext();
    await context.addCookies([{ name: 'session', value: PRIVATE.cookie, url: server?.url ?? '' }]);
    const page = await context.newPage();
    await page.goto(`${server?.url}${path}?token=${PRIVATE.query}`);
    return page;
  }

  beforeAll(async () => {
    browser = await openBrowser();
    ingest = await startSentryIngest();
    dir = await createWorkspaceToObserve(scratch, 'observed', registryUrl);
    app = join(dir, 'apps/web');
    before = await commitAll(dir, 'the app as it was');
  });
  afterAll(async () => {
    await server?.stop();
    await ingest?.stop();
    await browser?.close();
  });

  it('are unknown by the audit, and reported after one command', async () => {
    const missing = (await nx(['run', 'web:audit'])).output;
    for (const check of ['server', 'requests', 'browser', 'boundaries', 'build']) expect(missing).toContain(`✗ sentry/${check} `);
    const output = await nxOk('g', '@chronos/nx-harden:sentry', 'web', '--no-interactive');
    expect(output).toContain('UPDATE apps/web/src/instrumentation.ts');
    expect(output).toContain('UPDATE apps/web/src/app/caught/error.tsx');
    expect(output).not.toContain('left to you');
    const audited = (await nx(['run', 'web:audit'])).output;
    for (const check of ['server', 'requests', 'browser', 'boundaries', 'build', 'privacy']) expect(audited).toContain(`✓ sentry/${check} `);
    await commitAll(dir, 'observed');
    await nxOk('g', '@chronos/nx-harden:sentry', 'web', '--no-interactive');
    expect(await status(dir)).toBe('');
  });

  it('lint and type-check', async () => {
    await nxOk('lint', 'web');
    await run('pnpm', ['exec', 'tsc', '-p', 'apps/web/tsconfig.json', '--noEmit'], dir);
  });

  it('are nobody\'s business without a DSN: it builds, runs, and says nothing', async () => {
    const built = await build({});
    expect(built).not.toMatch(/sentry/i);
    await serve({});
    const said: string[] = [];
    const page = await browser.newPage();
    page.on('console', (message) => said.push(message.text()));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${server?.url}/browser`, { waitUntil: 'networkidle' });
    await page.close();
    expect(said.filter((line) => !line.includes('favicon') && !line.includes('404'))).toEqual([]);
    expect(asked.filter((url) => /sentry|monitoring|envelope/.test(url))).toEqual([]);
    expect(await (await fetch(`${server?.url}/api/up`)).json()).toEqual({ isUp: true });
    expect(server?.output()).not.toMatch(/sentry/i);
    expect(ingest.items).toEqual([]);
  });

  it('of the server arrive once each, with release and environment', async () => {
    await build({ ...ENVIRONMENT, NEXT_PUBLIC_SENTRY_DSN: ingest.dsn });
    await serve({ ...ENVIRONMENT, NEXT_PUBLIC_SENTRY_DSN: ingest.dsn });
    const headers = { cookie: `session=${PRIVATE.cookie}`, authorization: `Bearer ${PRIVATE.authorization}`, 'x-forwarded-for': PRIVATE.address, 'x-real-ip': PRIVATE.address };
    expect((await fetch(`${server?.url}/fails?token=${PRIVATE.query}`, { headers })).status).toBe(500);
    expect((await fetch(`${server?.url}/api/fails?token=${PRIVATE.query}`, { method: 'POST', headers, body: PRIVATE.body })).status).toBe(500);
    for (const text of [ERRORS.page, ERRORS.route]) {
      const events = await ingest.errors(text);
      expect(events.map(({ payload }) => [payload['platform'], payload['environment'], payload['release']]), text).toEqual([['node', 'preview', RELEASE]]);
    }
  });

  it('of the browser arrive once each, from handlers, from renders and from boundaries', async () => {
    const broken = await open('/browser');
    await broken.click('#handler');
    await broken.click('#render');
    expect(await broken.textContent('h1')).toBe('Something went wrong');
    await mkdir(OUTPUT, { recursive: true });
    await broken.screenshot({ path: join(OUTPUT, 'global-error.png') });
    const caught = await open('/caught');
    await caught.click('#caught-render');
    expect(await caught.textContent('#caught')).toBe(ERRORS.caught);
    for (const text of [ERRORS.handler, ERRORS.render, ERRORS.caught]) {
      const events = await ingest.errors(text);
      expect(events.map(({ payload }) => [payload['platform'], payload['environment'], payload['release']]), text).toEqual([['javascript', 'preview', RELEASE]]);
    }
    await broken.context().close();
    await caught.context().close();
  });

  it('of the server are not reported again by the browser that shows them', async () => {
    ingest.forget();
    const page = await open('/fails');
    const events = await ingest.errors(ERRORS.page);
    expect(events.map(({ payload }) => payload['platform'])).toEqual(['node']);
    expect(ingest.items.filter(({ type, payload }) => type === 'event' && payload['platform'] === 'javascript')).toEqual([]);
    await page.context().close();
  });

  it('come without cookies, addresses, bodies and query data; so do the traces', async () => {
    const headers = { cookie: `session=${PRIVATE.cookie}`, authorization: `Bearer ${PRIVATE.authorization}`, 'x-forwarded-for': PRIVATE.address };
    await fetch(`${server?.url}/api/fails?token=${PRIVATE.query}`, { method: 'POST', headers, body: PRIVATE.body });
    const page = await open('/browser');
    await page.click('#handler');
    expect(await ingest.errors(ERRORS.handler)).toHaveLength(1);
    expect(await ingest.errors(ERRORS.route)).toHaveLength(1);
    await page.context().close();
    expect(new Set(ingest.items.map(({ type }) => type))).toContain('span');
    for (const [what, text] of Object.entries(PRIVATE)) expect(ingest.raw(), what).not.toContain(text);
    const [event] = await ingest.errors(ERRORS.handler);
    expect(event?.payload['sdk']).toMatchObject({ settings: { infer_ip: 'never' } });
    expect(event?.payload['user']).toBeUndefined();
  });

  it('go by the app\'s own address to Sentry, past its proxy', async () => {
    await build({ ...ENVIRONMENT, NEXT_PUBLIC_SENTRY_DSN: 'https://0123456789abcdef0123456789abcdef@o42.ingest.de.sentry.io/7' });
    await serve({ ...ENVIRONMENT });
    const sent: string[] = [];
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.route(/\/monitoring/, async (route) => {
      sent.push(new URL(route.request().url()).pathname + new URL(route.request().url()).search);
      await route.fulfill({ status: 200, contentType: 'application/json', body: '{}' });
    });
    await page.goto(`${server?.url}/browser`);
    await page.click('#handler');
    await expect.poll(() => sent).toContain('/monitoring?o=42&p=7&r=de');
    await context.close();
  });

  it('are read with source maps, which are uploaded in CI and not published', async () => {
    const uploads = await startSentryUploads();
    const output = await build({ ...ENVIRONMENT, CI: '1', SENTRY_AUTH_TOKEN: TOKEN, SENTRY_ORG: 'acme', SENTRY_PROJECT: 'web', SENTRY_URL: uploads.url, NEXT_PUBLIC_SENTRY_DSN: ingest.dsn });
    expect(uploads.calls).toContain(`PUT /api/0/organizations/acme/releases/${RELEASE}/`);
    expect(uploads.calls).toContain('POST /api/0/organizations/acme/artifactbundle/assemble/');
    expect(uploads.uploaded().length).toBeGreaterThan(100_000);
    expect([...uploads.tokens]).toEqual([`Bearer ${TOKEN}`]);
    expect(output).not.toContain(TOKEN);
    await uploads.stop();
    expect(await mapsIn(join(app, '.next/static'))).toEqual([]);
  });

  it('do not keep a deployment from being built while Sentry is away', async () => {
    const output = await build({ ...ENVIRONMENT, CI: '1', SENTRY_AUTH_TOKEN: TOKEN, SENTRY_ORG: 'acme', SENTRY_PROJECT: 'web', SENTRY_URL: 'http://127.0.0.1:9/', NEXT_PUBLIC_SENTRY_DSN: ingest.dsn });
    expect(output).toMatch(/Sentry: .*(failed|error)/i);
    expect(output).not.toContain(TOKEN);
    expect(await mapsIn(join(app, '.next/static'))).toEqual([]);
  });

  it('leave no trace when they are no longer wanted', async () => {
    await nxOk('g', '@chronos/nx-harden:remove', 'sentry', 'web');
    // pnpm keeps an optional peer of Next that came with Sentry.
    expect((await changedSince(dir, before)).filter((file) => file !== 'pnpm-lock.yaml')).toEqual([]);
  });
});

async function mapsIn(dir: string): Promise<string[]> {
  return (await readdir(dir, { recursive: true })).filter((file) => file.endsWith('.map'));
}

