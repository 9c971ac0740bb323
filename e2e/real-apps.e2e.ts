import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser, visit } from './src/browser.ts';
import { changedSince, commitAll, initRepository, status } from './src/git.ts';
import { inOrder } from './src/in-order.ts';
import { startNext } from './src/next-server.ts';
import { REAL_APPS } from './src/real-apps.ts';
import type { RunningServer } from './src/server.ts';
import { attempt, run, runAloud } from './src/shell.ts';
import { makeTempDir } from './src/temp.ts';
import { letNextWriteItsTypes } from './src/typegen.ts';
import { put } from './src/workspace.ts';
import { createWorkspaceAround } from './src/workspace-around.ts';

const { tarball } = inject('shared');

/** Apps that nobody here wrote, made by their own generators. */
describe.each(REAL_APPS)('$title', (app) => {
  inOrder();
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  let dir: string;
  let first: string;
  let browser: Browser;
  let server: RunningServer | undefined;
  const nx = (...args: string[]) => runAloud('pnpm', ['exec', 'nx', ...args], dir);

  beforeAll(async () => {
    browser = await openBrowser();
    temp = await makeTempDir('real');
    dir = temp.path;
    await createWorkspaceAround(dir, app.create);
    await app.prepare?.(join(dir, 'apps/web'));
    await letNextWriteItsTypes(join(dir, 'apps/web'));
    first = await initRepository(dir);
    await run('pnpm', ['add', '-Dw', tarball], dir);
    await nx('g', '@chronos/nx-harden:init');
  });
  afterAll(async () => {
    await server?.stop();
    await browser?.close();
    await temp?.remove();
  });

  it('fails the audit as it is', async () => {
    const { code, output } = await attempt('pnpm', ['exec', 'nx', 'run', 'web:audit'], dir);
    expect(code).toBe(1);
    expect(output).toContain('✗ headers/');
  });

  it('is hardened, with the steps left to a person that there are', async () => {
    await nx('g', '@chronos/nx-harden:uptime', 'web', '--url=https://www.example.com');
    const output = await nx('g', '@chronos/nx-harden:harden', 'web');
    if (app.firstTest) expect(output).toMatch(/One step is left to you:\n\n1\. apps\/web\/test\/first\.test\.tsx\n/);
    else expect(output).not.toContain('left to you');
    if (app.firstTest) await put(join(dir, 'apps/web/test/first.test.ts'), app.firstTest);
    if (app.ignoreRoutes) await nx('g', '@chronos/nx-harden:playwright', 'web', `--ignoreRoutes=${app.ignoreRoutes.join(',')}`);
    const sources = (app.cspSources ?? []).map((source) => `--csp-source=${source}`);
    if (sources.length > 0) await nx('g', '@chronos/nx-harden:headers', 'web', ...sources);
    expect(await nx('run', 'web:audit')).toMatch(/ 0 fail, 0 manual\)/);
  });

  it('builds', async () => {
    await nx('build', 'web');
  });

  it('has types that are right, and tests that pass', async () => {
    await nx('typecheck', 'web');
    expect(await nx('test', 'web')).toMatch(/Tests\s+[12] passed/);
    expect(await nx('e2e', 'web')).toMatch(/^\s+\d+ passed/m);
  });

  it('is served the headers, also where another wrapper sends its own', async () => {
    server = await startNext(join(dir, 'apps/web'));
    for (const path of app.paths) {
      const { headers, status: code } = await fetch(server.url + path);
      expect(code, path).toBe(200);
      expect(Object.fromEntries(headers), path).toMatchObject({
        'strict-transport-security': 'max-age=63072000',
        'x-content-type-options': 'nosniff',
        'content-security-policy-report-only': expect.stringContaining("default-src 'self'"),
      });
      expect(headers.get('x-powered-by'), path).toBeNull();
    }
  });

  it('breaks no rule of its policy in Chromium', async () => {
    for (const path of app.paths) expect(await visit(browser, `${server?.url}${path}`), path).toMatchObject({ status: 200, violations: [] });
    await server?.stop();
    server = undefined;
  });

  it('does not change when it is hardened again', async () => {
    await commitAll(dir, 'hardened');
    await nx('g', '@chronos/nx-harden:harden', 'web');
    expect(await status(dir)).toBe('');
  });

  it('is as it was when all is taken out, but for what its team wrote', async () => {
    await nx('g', '@chronos/nx-harden:remove', '--all');
    const diff = await run('git', ['diff', first, '--', '.', ':!pnpm-lock.yaml'], dir);
    expect(await changedSince(dir, first), diff).toEqual([...(app.firstTest ? ['apps/web/test/first.test.ts'] : []), 'package.json', 'pnpm-lock.yaml']);
  });
});
