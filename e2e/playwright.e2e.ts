import { existsSync } from 'node:fs';
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { pathOfProgram } from '../tools/system-programs.mjs';
import { changedSince, commitAll, status } from './src/git.ts';
import { inOrder } from './src/in-order.ts';
import { startNext } from './src/next-server.ts';
import { startProtectedProxy, type ProtectedProxy } from './src/protected-proxy.ts';
import type { RunningServer } from './src/server.ts';
import { attempt, run, runAloud } from './src/shell.ts';
import { letNextWriteItsTypes } from './src/typegen.ts';
import { createNextWorkspace, put } from './src/workspace.ts';

const { dir: scratch, tarball } = inject('shared');
const ONLY_NX = ['nx.json', 'package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
const CHROMIUM = { PLAYWRIGHT_CHROMIUM_PATH: pathOfProgram('chromium') };
const SECRET = 'a-bypass-secret-of-thirty-two-ch';

interface Report {
  stats: { expected: number; unexpected: number };
  suites: Suite[];
}
interface Suite {
  specs?: { title: string; tests: { projectName: string; status: string }[] }[];
  suites?: Suite[];
}

/** An app that gets end-to-end tests, served as it is in production, in the Chromium of this machine. */
describe('end-to-end tests', () => {
  inOrder();
  let dir: string;
  let first: string;
  let server: RunningServer | undefined;
  let proxy: ProtectedProxy | undefined;
  const web = (path: string): string => join(dir, 'apps/web', path);
  const nx = (args: string[], env: Record<string, string> = {}) => attempt('pnpm', ['exec', 'nx', ...args], dir, { env });
  const nxOk = (args: string[], env: Record<string, string> = {}) => runAloud('pnpm', ['exec', 'nx', ...args], dir, { env });
  const playwright = (args: string[], env: Record<string, string> = {}) => attempt('pnpm', ['exec', 'playwright', ...args], web(''), { env: { ...CHROMIUM, ...env } });
  const report = async (): Promise<Report> => JSON.parse(await readFile(web('test-output/playwright.json'), 'utf-8')) as Report;
  const specsOf = ({ specs = [], suites = [] }: Suite): NonNullable<Suite['specs']> => [...specs, ...suites.flatMap(specsOf)];
  /** Titles of what failed, with the projects in which it did. */
  const failures = async (): Promise<Record<string, string[]>> => {
    const failed: Record<string, string[]> = {};
    for (const { title, tests } of (await report()).suites.flatMap(specsOf)) {
      for (const { projectName, status: verdict } of tests) if (verdict === 'unexpected') failed[title] = [...(failed[title] ?? []), projectName].sort();
    }
    return failed;
  };

  beforeAll(async () => {
    dir = await createNextWorkspace(scratch, 'browsed');
    await put(web('src/app/(site)/about/page.tsx'), 'export default function About() {\n  return (\n    <main>\n      <h1>About us</h1>\n    </main>\n  );\n}\n');
    await put(web('src/app/blog/[slug]/page.tsx'), "export default function Post() {\n  throw new Error('a route with a parameter is not visited');\n}\n");
    await run('pnpm', ['add', '-Dw', tarball], dir);
    await letNextWriteItsTypes(web(''));
    await nxOk(['build', 'web']);
    first = await commitAll(dir, 'the app');
  });
  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
  });

  it('come with the headers that are on: nx g @chronos/nx-harden:playwright web', async () => {
    await nxOk(['g', '@chronos/nx-harden:headers', 'web']);
    const output = await nxOk(['g', '@chronos/nx-harden:playwright', 'web']);
    expect(output).toContain('CREATE apps/web/playwright.config.ts');
    expect(output).toContain('CREATE apps/web/e2e/headers.e2e.ts');
    expect(output).not.toContain('left to you');
    await commitAll(dir, 'with end-to-end tests');
    await nxOk(['g', '@chronos/nx-harden:playwright', 'web']);
    expect(await status(dir)).toBe('');
  });

  it('pass on the app as it is, on a desktop and on a phone: nx e2e web', async () => {
    const { code, output } = await nx(['e2e', 'web'], CHROMIUM);
    expect(output).toContain('12 passed');
    expect(code).toBe(0);
    const titles = (await report()).suites.flatMap(specsOf).map(({ title }) => title).sort();
    expect([...new Set(titles)]).toEqual([
      '/ can be used by everybody',
      '/ comes up, and nothing on it complains',
      '/ is sent with the security headers',
      '/about can be used by everybody',
      '/about comes up, and nothing on it complains',
      '/there-is-no-such-page is sent with the security headers',
    ]);
    expect(existsSync(web('test-output/playwright-report/index.html'))).toBe(true);
  });

  it('note the violations that the page had before', async () => {
    const known = JSON.parse(await readFile(web('e2e/accessibility-known/desktop.json'), 'utf-8')) as Record<string, string>;
    expect(known).toEqual({ '/': expect.stringContaining('color-contrast') });
    await commitAll(dir, 'known violations');
  });

  it('find the browser of the system by themselves, and are cached', async () => {
    expect((await nx(['e2e', 'web'])).output).toContain('12 passed');
    expect(await nxOk(['e2e', 'web'])).toMatch(/2\/2 hit|from the cache instead of running the command for 2 out of 2 tasks/);
    expect(await status(dir)).toBe('');
  });

  it('say so when the browser that is named is not there', async () => {
    const { code, output } = await playwright(['test'], { PLAYWRIGHT_CHROMIUM_PATH: '/no/such/chromium' });
    expect(code).not.toBe(0);
    expect(output).toContain('PLAYWRIGHT_CHROMIUM_PATH is /no/such/chromium, and there is no program. Correct it, or unset it.');
  });

  it.each([
    ['E2E_SHARD', '4/3', 'E2E_SHARD is 4/3; it is which part of how many, such as 2/3.'],
    ['BASE_URL', 'localhost:3000', 'BASE_URL is localhost:3000; it is an address such as https://preview.example.com. Correct it, or unset it.'],
  ])('say so when %s is %s', async (name, value, message) => {
    const { code, output } = await playwright(['test'], { [name]: value });
    expect(code).not.toBe(0);
    expect(output).toContain(message);
  });

  it('are clean to the linter, the type check and the formatter', async () => {
    await nxOk(['lint', 'web']);
    await nxOk(['typecheck', 'web']);
    await nxOk(['format:check', '--base', first]);
  });

  it('test any address: BASE_URL', async () => {
    server = await startNext(web(''));
    expect((await playwright(['test'], { BASE_URL: server.url })).output).toContain('12 passed');
  });

  it('pass the protection of a deployment with its secret, which goes nowhere else', async () => {
    proxy = await startProtectedProxy(server?.url ?? '', SECRET);
    expect((await playwright(['test', '--project=desktop', 'headers'], { BASE_URL: proxy.url })).code).not.toBe(0);
    const { output } = await playwright(['test', '--project=desktop'], { BASE_URL: proxy.url, VERCEL_AUTOMATION_BYPASS_SECRET: SECRET });
    expect(output).toContain('6 passed');
    expect(output).not.toContain(SECRET);
    // Once for each test, and never with what the page loads.
    expect(proxy.bypassed).toEqual(Array.from({ length: 6 }, () => '/'));
    const found = await attempt('grep', ['-rl', SECRET, web('test-output')], dir);
    expect(found.stdout).toBe('');
  });

  it('leave no secret behind either when the deployment does not answer', async () => {
    const { code, output } = await playwright(['test', '--project=desktop'], { BASE_URL: 'http://127.0.0.1:9', VERCEL_AUTOMATION_BYPASS_SECRET: SECRET });
    expect(code).not.toBe(0);
    expect(output).not.toContain(SECRET);
    expect((await attempt('grep', ['-rl', SECRET, web('test-output')], dir)).stdout).toBe('');
  });

  it('are split, and their parts become one report', async () => {
    await rm(web('test-output'), { recursive: true });
    const parts = join(scratch, 'parts');
    for (const shard of ['1/2', '2/2']) {
      expect((await playwright(['test'], { BASE_URL: server?.url ?? '', E2E_SHARD: shard })).code).toBe(0);
      // Each is made on a machine of its own, and Playwright empties the folder first.
      await cp(web('test-output/blob-report'), parts, { recursive: true });
    }
    expect(await readdir(parts)).toHaveLength(2);
    expect((await playwright(['merge-reports', '--config', 'playwright.config.ts', parts])).code).toBe(0);
    expect((await report()).stats).toMatchObject({ expected: 12, unexpected: 0 });
    expect(existsSync(web('test-output/playwright-report/index.html'))).toBe(true);
    await server?.stop();
    server = undefined;
  });

  it('fail for what is broken, each in the test that looks at it', async () => {
    await put(web('src/app/throws/page.tsx'), "import { connection } from 'next/server';\n\nexport default async function Page() {\n  await connection();\n  throw new Error('planted');\n}\n");
    await put(web('src/app/complains/page.tsx'), "'use client';\nimport { useEffect } from 'react';\n\nexport default function Page() {\n  useEffect(() => console.error('planted'), []);\n  return (\n    <main>\n      <h1>Complains</h1>\n    </main>\n  );\n}\n");
    await put(web('src/app/lacks/page.tsx'), 'export default function Page() {\n  return (\n    <main>\n      <h1>Lacks a picture</h1>\n      <img src="/no-such.png" alt="missing" />\n    </main>\n  );\n}\n');
    await put(web('src/app/excludes/page.tsx'), 'export default function Page() {\n  return (\n    <main>\n      <h1>Excludes some</h1>\n      <button type="button" />\n    </main>\n  );\n}\n');
    const policy = await readFile(web('hardening/next-config.cjs'), 'utf-8');
    const without = policy.replace(/.*Referrer-Policy.*\n?/, '');
    expect(without).not.toBe(policy);
    await writeFile(web('hardening/next-config.cjs'), without);

    expect((await nx(['e2e', 'web'], CHROMIUM)).code).not.toBe(0);
    const both = ['desktop', 'mobile'];
    expect(await failures()).toEqual({
      '/throws comes up, and nothing on it complains': both,
      '/complains comes up, and nothing on it complains': both,
      '/lacks comes up, and nothing on it complains': both,
      '/excludes can be used by everybody': both,
      '/ is sent with the security headers': both,
      '/there-is-no-such-page is sent with the security headers': both,
    });
    expect(existsSync(web('test-output/playwright'))).toBe(true);
    await run('git', ['checkout', '-q', '.'], dir);
    await run('git', ['clean', '-qfd'], dir);
  });

  it('are strict in CI where nothing was noted, and say how it is noted', async () => {
    await rm(web('e2e/accessibility-known'), { recursive: true });
    await nxOk(['build', 'web']);
    const { code, output } = await playwright(['test', 'accessibility', '--project=desktop', '--retries=0'], { CI: 'true' });
    expect(code).not.toBe(0);
    expect(output).toContain('delete accessibility-known/desktop.json, run the tests on a laptop');
    expect(existsSync(web('e2e/accessibility-known'))).toBe(false);
    await run('git', ['checkout', '-q', '.'], dir);
  });

  it('shorten the list of what is known, when something is mended', async () => {
    const known = web('e2e/accessibility-known/desktop.json');
    await writeFile(known, '{\n  "/": "color-contrast, image-alt, svg-img-alt",\n  "/about": "label"\n}\n');
    expect((await playwright(['test', 'accessibility', '--project=desktop'])).code).toBe(0);
    expect(await status(dir)).toBe('');
  });

  it('go without a trace', async () => {
    await nxOk(['g', '@chronos/nx-harden:remove', 'playwright', 'web']);
    await nxOk(['g', '@chronos/nx-harden:remove', 'headers', 'web']);
    for (const file of await changedSince(dir, first)) expect(ONLY_NX).toContain(file);
  });
});
