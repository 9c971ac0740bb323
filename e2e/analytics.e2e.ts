import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from './src/browser.ts';
import { createCountedWorkspace, GENERATED } from './src/counted-workspace.ts';
import { firstLoadOf, type FirstLoad } from './src/first-load.ts';
import { changedSince, commitAll, status } from './src/git.ts';
import { inOrder } from './src/in-order.ts';
import { startNext } from './src/next-server.ts';
import { watchPageScripts } from './src/page-scripts.ts';
import type { RunningServer } from './src/server.ts';
import { attempt, run, runAloud } from './src/shell.ts';

const { dir: scratch, registryUrl } = inject('shared');
const OUTPUT = join(import.meta.dirname, 'test-output');
const SCRIPTS = ['/_vercel/insights/script.js', '/_vercel/speed-insights/script.js'];

/** An app with three root layouts beside a generated one: counted, built, served, and looked at as visitors do. */
describe('analytics as a new user gets them', () => {
  inOrder();
  const dir = join(scratch, 'counted');
  const app = join(dir, 'apps/web');
  let uncounted: string;
  let before: Record<string, FirstLoad>;
  let browser: Browser;
  let server: RunningServer | undefined;

  const nxOk = (...args: string[]) => runAloud('pnpm', ['exec', 'nx', ...args], dir);
  const audit = async () => (await attempt('pnpm', ['exec', 'nx', 'run', 'web:audit'], dir)).output;

  beforeAll(async () => {
    browser = await openBrowser();
    await createCountedWorkspace(dir, registryUrl);
    await run('pnpm', ['exec', 'next', 'build'], app);
    before = await firstLoadOf(app);
    uncounted = await commitAll(dir, 'the app as it was');
  });
  afterAll(async () => {
    await server?.stop();
    await browser?.close();
  });

  it('are missing in the audit, and come with one command into each layout but the generated one', async () => {
    expect(await audit()).toMatch(/✗ analytics\/page-views .*\n.*fix: nx g @chronos\/nx-harden:analytics web/);
    expect(await nxOk('g', '@chronos/nx-harden:analytics', 'web')).not.toContain('left to you');
    const changed = (await changedSince(dir, uncounted)).filter((file) => file.endsWith('x'));
    expect(changed).toEqual(['(shop)/layout.jsx', '(site)/layout.tsx'].map((file) => `apps/web/src/app/${file}`).concat('apps/web/src/components/providers.tsx'));
    expect(await readFile(join(app, 'src/app/(payload)/layout.tsx'), 'utf-8')).toBe(GENERATED);
    const audited = await audit();
    for (const check of ['page-views', 'web-vitals']) expect(audited).toContain(`✓ analytics/${check} `);
    await commitAll(dir, 'counted');
    await nxOk('g', '@chronos/nx-harden:analytics', 'web');
    expect(await status(dir)).toBe('');
  });

  it('type-check and build, under a Content-Security-Policy that is enforced', async () => {
    await nxOk('g', '@chronos/nx-harden:headers', 'web', '--csp=enforce');
    await run('pnpm', ['exec', 'tsc', '-p', 'tsconfig.json', '--noEmit'], app);
    await run('pnpm', ['exec', 'next', 'build'], app);
  });

  it('cost a few kilobytes', async () => {
    const after = await firstLoadOf(app);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    const added = Object.fromEntries(Object.entries(after).map(([route, { raw, gzip }]) => [route, { raw: raw - (before[route]?.raw ?? 0), gzip: gzip - (before[route]?.gzip ?? 0) }]));
    await mkdir(OUTPUT, { recursive: true });
    await writeFile(join(OUTPUT, 'analytics-first-load.json'), `${JSON.stringify({ before, after, added }, null, 2)}\n`);
    for (const route of ['/', '/shop', '/account']) {
      expect(added[route]?.raw, route).toBeGreaterThan(2_000);
      expect(added[route]?.gzip, route).toBeLessThan(6_000);
    }
    expect(added['/admin']?.raw).toBeLessThan(500);
  });

  it('ask for each script once in a document, and count each page once', async () => {
    server = await startNext(app);
    const context = await browser.newContext({ baseURL: server.url });
    const use = await watchPageScripts(context);
    const page = await context.newPage();
    await page.goto('/', { waitUntil: 'networkidle' });
    const follow = async (href: string, title: string): Promise<void> => {
      await page.getByRole('link', { name: href, exact: true }).click();
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
      await page.waitForLoadState('networkidle');
      await expect.poll(() => use.views.at(-1)?.path).toBe(href);
    };
    await follow('/about', 'About');
    await follow('/', 'Home');
    await follow('/shop', 'Shop');
    await follow('/shop/blue-jug', 'Item');
    await follow('/shop', 'Shop');
    await follow('/account', 'Account');
    expect(use.views).toEqual(
      [['/'], ['/about'], ['/'], ['/shop'], ['/shop/blue-jug', '/shop/[item]'], ['/shop'], ['/account']].map(([path, route = path]) => ({ path, route })),
    );
    // Another root layout is another document.
    expect(use.requests.map(({ script, page: asked }) => `${asked} ${script}`).sort()).toEqual(['/', '/account', '/shop'].flatMap((asked) => SCRIPTS.map((script) => `${asked} ${script}`)));

    await page.getByRole('link', { name: '/admin' }).click();
    await page.getByRole('heading', { name: 'Admin' }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(use.requests).toHaveLength(6);
    expect(use.views).toHaveLength(7);
    expect(use.complaints).toEqual([]);
    await context.close();
  });

  it('go away without a trace', async () => {
    await server?.stop();
    await nxOk('g', '@chronos/nx-harden:remove', 'headers', 'web');
    await nxOk('g', '@chronos/nx-harden:remove', 'analytics', 'web');
    expect(await changedSince(dir, uncounted)).toEqual([]);
  });
});
