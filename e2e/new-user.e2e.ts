import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { pathOfProgram } from '../tools/system-programs.mjs';
import { openBrowser, visit } from './src/browser.ts';
import { changedSince, commitAll, status } from './src/git.ts';
import { inOrder } from './src/in-order.ts';
import { startNext } from './src/next-server.ts';
import { scopeRegistry } from './src/registry.ts';
import type { RunningServer } from './src/server.ts';
import { attempt, run, runAloud } from './src/shell.ts';
import { letNextWriteItsTypes } from './src/typegen.ts';
import { addContent, createNextWorkspace, put } from './src/workspace.ts';
import { runJob, type StepOutcome } from './src/workflow-runner.ts';

const { dir: scratch, registryUrl } = inject('shared');

/** A workspace that `create-nx-workspace` makes, and all that a new user does with it, one step upon the other. */
describe('a new user', () => {
  inOrder();
  let dir: string;
  let first: string;
  let browser: Browser;
  let server: RunningServer | undefined;

  const nx = (...args: string[]) => attempt('pnpm', ['exec', 'nx', ...args], dir);
  const nxOk = (...args: string[]) => runAloud('pnpm', ['exec', 'nx', ...args], dir);

  beforeAll(async () => {
    browser = await openBrowser();
    dir = await createNextWorkspace(scratch, 'acme');
    await addContent(dir);
    await letNextWriteItsTypes(join(dir, 'apps/web'));
    await put(join(dir, '.npmrc'), scopeRegistry(registryUrl));
    // Next writes into next-env.d.ts when it builds; a team has built its app before.
    await run('pnpm', ['exec', 'nx', 'build', 'web'], dir);
    first = await commitAll(dir, 'the app as it was');
  });
  afterAll(async () => {
    await server?.stop();
    await browser?.close();
  });

  async function serve(): Promise<string> {
    server = await startNext(join(dir, 'apps/web'));
    return server.url;
  }
  async function stopServing(): Promise<void> {
    await server?.stop();
    server = undefined;
  }

  it('adds the plugin: nx add @chronos/nx-harden', async () => {
    const output = await nxOk('add', '@chronos/nx-harden');
    expect(output).toContain('nx-harden is set up for web');
    expect(JSON.parse(await readFile(join(dir, 'nx.json'), 'utf-8')).plugins).toContain('@chronos/nx-harden');
  });

  it('is shown what is not protected: nx run web:audit', async () => {
    const { code, output } = await nx('run', 'web:audit');
    expect(code).toBe(1);
    expect(output).toMatch(/✗ headers\/csp .*\n.*fix: nx g @chronos\/nx-harden:headers web/);
    expect(output).toMatch(/✗ ci\/tests/);
  });

  it.each([
    [['g', '@chronos/nx-harden:ci', 'nosuch'], 'There is no project "nosuch". Next apps here: @acme/web.'],
    [['g', '@chronos/nx-harden:remove'], 'Which protection? Name one'],
    [['g', '@chronos/nx-harden:headers', 'web', '--csp=maybe'], 'csp'],
    [['g', '@chronos/nx-harden:headers', 'web', '--csp-source=nonsense'], 'is not a directive and its sources'],
    [['g', '@chronos/nx-harden:harden', 'web', '--only=headrs'], 'headrs'],
  ])('gets one clear error for nx %j, and nothing is changed', async (args, message) => {
    const before = await status(dir);
    const { code, output } = await nx(...args);
    expect(code).not.toBe(0);
    expect(output).toContain(message);
    expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
    expect(await status(dir)).toBe(before);
  });

  it('puts CI in: nx g @chronos/nx-harden:ci', async () => {
    expect(await nxOk('g', '@chronos/nx-harden:ci')).toContain('CREATE .github/workflows/ci.yml');
  });

  it('sees what a hardening would do, and nothing is changed: --dry-run', async () => {
    const before = await status(dir);
    expect(await nxOk('g', '@chronos/nx-harden:harden', 'web', '--dry-run')).toContain('apps/web/hardening/next-config.cjs');
    expect(await status(dir)).toBe(before);
  });

  it('hardens the app: nx g @chronos/nx-harden:harden web', async () => {
    const output = await nxOk('g', '@chronos/nx-harden:harden', 'web');
    expect(output).toContain('UPDATE apps/web/next.config.js');
    expect(output).toMatch(/One step is left to you:\n\n1\. apps\/web\/uptime\.json\n/);
  });

  it('says where the app is: nx g @chronos/nx-harden:uptime web --url=…', async () => {
    expect(await nxOk('g', '@chronos/nx-harden:uptime', 'web', '--url=https://www.example.com')).not.toContain('left to you');
  });

  it('has it proven: nx run web:audit', async () => {
    const output = await nxOk('run', 'web:audit');
    expect(output).toMatch(/score 9\d of 100 \(\d+ pass, 1 warn, 0 fail, 0 manual\)/);
    const { stdout } = await attempt('pnpm', ['exec', 'nx', 'run', 'web:audit', '--format=json', '--outputFile=tmp/audit.json'], dir);
    expect(stdout).toContain('"check": "headers/csp"');
    const report = JSON.parse(await readFile(join(dir, 'tmp/audit.json'), 'utf-8'));
    expect(report).toMatchObject({ version: 1, project: '@acme/web', counts: { fail: 0 } });
    expect((await nx('run', 'web:audit', '--failOn=warn')).code).toBe(1);
    expect((await nx('run', 'web:audit', '--failOn=none')).code).toBe(0);
    await run('rm', ['-r', 'tmp'], dir);
  });

  it('has the audit from the cache the second time, and not after a change', async () => {
    expect(await nxOk('run', 'web:audit')).toMatch(/1\/1 hit|from the cache/);
    await put(join(dir, 'apps/web/src/app/other.ts'), 'export {};\n');
    expect(await nxOk('run', 'web:audit')).not.toMatch(/1\/1 hit|from the cache/);
    await run('rm', ['apps/web/src/app/other.ts'], dir);
  });

  it('builds the app: nx build web', async () => {
    await nxOk('build', 'web');
  });

  it('has tests that pass: nx test web', async () => {
    expect(await nxOk('test', 'web')).toMatch(/Tests\s+\d+ passed/);
  });

  it('has end-to-end tests that pass: nx e2e web', async () => {
    expect(await nxOk('e2e', 'web')).toMatch(/\d+ passed/);
  });

  it('is served the headers', async () => {
    const url = await serve();
    for (const path of ['/', '/nothing-here', '/api/hello']) {
      const { headers } = await fetch(url + path);
      expect(Object.fromEntries(headers), path).toMatchObject({
        'strict-transport-security': 'max-age=63072000',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'strict-origin-when-cross-origin',
        'permissions-policy': expect.stringContaining('camera=()'),
        'cross-origin-opener-policy': 'same-origin-allow-popups',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
        'content-security-policy-report-only': expect.stringContaining("script-src 'self' 'unsafe-inline'"),
      });
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('has public images cached for an hour, immutable ones for a year, and private media not at all', async () => {
    const cacheOf = async (path: string) => (await fetch(`${server?.url}${path}`)).headers.get('cache-control');
    expect(await cacheOf('/images/logo.png')).toBe('public, max-age=3600, stale-while-revalidate=86400');
    expect(await cacheOf('/immutable/logo.0a1b2c.png')).toBe('public, max-age=31536000, immutable');
    expect(await cacheOf('/api/media/photo.jpg')).toBe('private, no-store');
  });

  it('sees no violation of the policy in Chromium, and hears no complaint', async () => {
    const seen = await visit(browser, `${server?.url}/`);
    expect(seen).toEqual({ status: 200, complaints: [], violations: [], failed: [] });
    await stopServing();
  });

  it('hardens it again, and nothing changes', async () => {
    await commitAll(dir, 'hardened');
    await nxOk('g', '@chronos/nx-harden:harden', 'web');
    await nxOk('g', '@chronos/nx-harden:ci');
    expect(await status(dir)).toBe('');
  });

  it('passes its own hooks, over all files: pre-commit run --all-files', async () => {
    const { code, output } = await attempt(pathOfProgram('pre-commit'), ['run', '--all-files'], dir);
    expect(output).toMatch(/No secrets\.+Passed[^]*Tests\.+Passed/);
    expect(code, output).toBe(0);
    expect(await status(dir)).toBe('');
  });

  it('enforces the policy, and Chromium shows the same page', async () => {
    await nxOk('g', '@chronos/nx-harden:headers', 'web', '--csp=enforce');
    await nxOk('build', 'web');
    const url = await serve();
    const { headers } = await fetch(url);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy-report-only')).toBeNull();
    expect(await visit(browser, url)).toEqual({ status: 200, complaints: [], violations: [], failed: [] });
    await stopServing();
    expect(await nxOk('run', 'web:audit', '--failOn=warn')).toContain('score 100 of 100');
    await commitAll(dir, 'enforced');
  });

  it('can use a nonce instead, and Chromium runs the scripts that have it', async () => {
    const { output } = await nx('g', '@chronos/nx-harden:headers', 'web', '--nonce');
    expect(output).toContain('One step is left to you');
    const layout = join(dir, 'apps/web/src/app/layout.tsx');
    const before = await readFile(layout, 'utf-8');
    const dynamic = before.replace('export default function', "import { connection } from 'next/server';\n\nexport default async function").replace(/\) \{\n/, ') {\n  await connection();\n');
    expect(dynamic).not.toBe(before);
    await writeFile(layout, dynamic);
    await nxOk('build', 'web');
    const url = await serve();
    const policy = (await fetch(url)).headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'self' (https:\S+ )*'nonce-[\w+/=]+' 'strict-dynamic'/);
    const seen = await visit(browser, url);
    expect(seen.status).toBe(200);
    expect(seen.violations.filter((violation) => violation.startsWith('script'))).toEqual([]);
    await stopServing();
    await run('git', ['checkout', '-q', '.'], dir);
    await run('git', ['clean', '-qfd'], dir);
  });

  describe('whose workflow runs', () => {
    const CHECKS = 'Lint, types, tests, build of what is affected';
    const outputOf = (steps: StepOutcome[], step: string) => steps.find(({ name }) => name === step)?.output ?? '';
    let clone: string;
    const job = (name = 'check') =>
      runJob(join(clone, '.github/workflows/ci.yml'), name, clone, {
        scratch: join(scratch, 'runner'),
        base: first,
        head: 'HEAD',
        skip: ['Install the browsers', 'Install the libraries that they need'],
      });

    beforeAll(async () => {
      clone = join(scratch, 'clone');
      await run('git', ['clone', '-q', dir, clone], scratch);
    });

    it('passes each step, in a clean clone', async () => {
      const { steps, outputs, summary } = await job();
      for (const { name, code, output } of steps) expect(code, `${name}:\n${output}`).toBe(0);
      expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(['Install', CHECKS, 'Which projects are affected']));
      expect(outputs).toContain('projects=["@acme/web"]');
      expect(outputs).toContain('e2e=["@acme/web"]');
      expect(summary).toMatch(/### Unit tests[^]*\| apps\/web \| \d+ \| 0 \| 0 \| 0 \| [\d.]+ % \|/);
      const tasks = outputOf(steps, CHECKS);
      for (const target of ['lint', 'typecheck', 'test', 'build']) expect(tasks).toMatch(new RegExp(`nx run @acme/web:${target}\\b`));
    });

    it('uses on another machine what was computed before', async () => {
      const index = (await run('bash', ['-c', 'ls .nx/workspace-data/*.db'], clone)).split('\n')[0] ?? '';
      await run('bash', ['-c', `mv "${index}" .nx/workspace-data/0123456789abcdef-v3.db && rm -f .nx/workspace-data/*.lock`], clone);
      const { steps } = await job();
      expect(outputOf(steps, CHECKS)).toMatch(/from the cache|([1-9]\d*)\/\1 hit/);
    });

    it('runs the end-to-end tests, and says what they came to', async () => {
      const { steps, summary } = await job('e2e');
      for (const { name, code, output } of steps) expect(code, `${name}:\n${output}`).toBe(0);
      expect(outputOf(steps, 'Which browsers the tests want')).toBe('');
      expect(summary).toMatch(/### End-to-end tests[^]*\| apps\/web \| \d+ \| 0 \| 0 \| 0 \|/);
    });

    it('fails in the step that it should, when a test is broken, and names the test', async () => {
      const test = join(clone, 'apps/web/test/home.test.tsx');
      await writeFile(test, (await readFile(test, 'utf-8')).replace(/toHaveTextContent\(\s*'/, "$&Not "));
      const { steps, summary } = await job();
      expect(steps.filter(({ code }) => code !== 0).map(({ name }) => name)).toEqual([CHECKS]);
      expect(outputOf(steps, CHECKS)).toMatch(/@acme\/web:test/);
      expect(summary).toMatch(/1 failed[^]*shows what it says \(`test\/home\.test\.tsx`\)/);
    });
  });

  it('runs what is affected: nx affected -t test', async () => {
    expect(await nxOk('affected', '-t', 'test', `--base=${first}`)).toMatch(/Successfully ran target test/);
  });

  it('takes all out again, and only what the package manager wrote is left', async () => {
    await nxOk('g', '@chronos/nx-harden:remove', '--all');
    const diffOf = (file: string) => run('git', ['diff', '--unified=0', first, '--', file], dir);
    expect(await changedSince(dir, first)).toEqual(['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']);
    expect(await diffOf('package.json')).toMatch(/@@[^\n]*\n\+ {4}"@chronos\/nx-harden": "[\d.^]+",?$/);
    // pnpm notes there which packages it took although they are young.
    expect(await diffOf('pnpm-workspace.yaml')).toMatch(/@@[^\n]*\n\+minimumReleaseAgeExclude:\n\+ {2}- '@chronos\/nx-harden@[\d.]+'$/);
  });
});
