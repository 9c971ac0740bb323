import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { changedSince, commitAll, status } from './src/git.ts';
import { inOrder } from './src/in-order.ts';
import { attempt, run, runAloud } from './src/shell.ts';
import { letNextWriteItsTypes } from './src/typegen.ts';
import { createNextWorkspace, editJson, put } from './src/workspace.ts';

const { dir: scratch, tarball } = inject('shared');
const HIT = /1\/1 hit|\[local cache\]/;
const ONLY_NX = ['nx.json', 'package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];

/** Two apps, of which one gets tests, and what its team does with them from then on. */
describe('unit tests', () => {
  inOrder();
  let dir: string;
  let first: string;
  const web = (path: string): string => join(dir, 'apps/web', path);
  const nx = (args: string[], env: Record<string, string> = {}) => attempt('pnpm', ['exec', 'nx', ...args], dir, { env });
  const nxOk = (args: string[], env: Record<string, string> = {}) => runAloud('pnpm', ['exec', 'nx', ...args], dir, { env });
  const undo = async (): Promise<void> => {
    await run('git', ['checkout', '-q', '.'], dir);
    await run('git', ['clean', '-qfd'], dir);
  };
  const edit = async (path: string, change: (text: string) => string): Promise<void> => {
    const before = await readFile(path, 'utf-8');
    const after = change(before);
    if (after === before) throw new Error(`Nothing was replaced in ${path}`);
    await writeFile(path, after);
  };
  /** Whether each target passes, with a fault in place. */
  const verdicts = async (targets: string[], env: Record<string, string> = {}) => {
    const codes = [];
    for (const target of targets) codes.push([target, (await nx([target, 'web'], env)).code === 0 ? 'pass' : 'fail']);
    return Object.fromEntries(codes) as Record<string, string>;
  };

  beforeAll(async () => {
    dir = await createNextWorkspace(scratch, 'tested');
    await cp(join(dir, 'apps/web'), join(dir, 'apps/admin'), { recursive: true, filter: (path) => !/node_modules|\.next$|dist$/.test(path) });
    for (const file of ['package.json', 'next.config.js']) await edit(join(dir, 'apps/admin', file), (text) => `${text.replaceAll('apps/web', 'apps/admin').replaceAll('@tested/web', '@tested/admin')}\n`);
    await run('pnpm', ['add', '-Dw', tarball], dir);
    // The second app is new to the workspace's tsconfig.
    await run('pnpm', ['exec', 'nx', 'sync'], dir);
    for (const app of ['web', 'admin']) await letNextWriteItsTypes(join(dir, 'apps', app));
    await run('pnpm', ['exec', 'nx', 'build', 'web'], dir);
    first = await commitAll(dir, 'two apps');
  });

  it('come with two that pass on the app as it is, and with a floor of coverage: nx g @chronos/nx-harden:vitest web', async () => {
    const output = await nxOk(['g', '@chronos/nx-harden:vitest', 'web']);
    expect(output).toContain('CREATE apps/web/test/home.test.tsx');
    expect(output).toContain('CREATE apps/web/test/api-hello.test.ts');
    expect(output).toMatch(/They pass\. From here on coverage may only rise: statements 50 %/);
    expect(output).not.toContain('left to you');
    await commitAll(dir, 'tested');
  });

  it('are put in once: the second run changes nothing', async () => {
    await nxOk(['g', '@chronos/nx-harden:vitest', 'web']);
    expect(await status(dir)).toBe('');
  });

  it('pass, and are clean to the linter, the formatter, the type check and the build', async () => {
    const { output } = await nx(['test', 'web']);
    expect(output).toMatch(/Tests\s+2 passed/);
    expect(await verdicts(['lint', 'typecheck', 'build'])).toEqual({ lint: 'pass', typecheck: 'pass', build: 'pass' });
    await nxOk(['format:check', '--base', first]);
    expect(await status(dir)).toBe('');
  });

  it('are cached: a change of the app is a miss, one of another app is not', async () => {
    expect(await nxOk(['test', 'web'])).toMatch(HIT);
    await put(join(dir, 'apps/admin/src/app/other.ts'), 'export const other = 1;\n');
    expect(await nxOk(['test', 'web'])).toMatch(HIT);
    await put(web('src/app/other.ts'), 'export const other = 1;\n');
    expect(await nxOk(['test', 'web'])).not.toMatch(HIT);
    await undo();
  });

  it('have scripts that go through Nx', async () => {
    expect(await run('pnpm', ['test'], dir)).toContain('Successfully ran target test');
    expect(await run('pnpm', ['run', 'type-check'], dir)).toContain('Successfully ran target typecheck');
  });

  it('fail for a broken component, and nothing else does', async () => {
    await edit(web('src/app/page.tsx'), (text) => text.replace('Hello there', 'Goodbye'));
    expect(await verdicts(['test', 'typecheck', 'lint'])).toEqual({ test: 'fail', typecheck: 'pass', lint: 'pass' });
    await undo();
  });

  it('fail for a broken route handler', async () => {
    await edit(web('src/app/api/hello/route.ts'), (text) => text.replace("'Hello, from API!'", "'Hello?', { status: 500 }"));
    const { code, output } = await nx(['test', 'web']);
    expect(code).not.toBe(0);
    expect(output).toContain('answers GET /api/hello');
    await undo();
  });

  it.each([
    ['the app', 'src/app/wrong.ts', /src\/app\/wrong\.ts\S* ?.*TS2322/],
    ['a test', 'test/wrong.ts', /test\/wrong\.ts\S* ?.*TS2322/],
  ])('do not see a type error in %s; the type check does', async (_, file, complaint) => {
    await put(web(file), "export const n: number = 'text';\n");
    const { code, output } = await nx(['typecheck', 'web']);
    expect(code).not.toBe(0);
    expect(output).toMatch(complaint);
    expect(await verdicts(['test'])).toEqual({ test: 'pass' });
    await undo();
  });

  it('leave next-env.d.ts as it was, which Next changes with each kind of run', async () => {
    await edit(web('next-env.d.ts'), (text) => text.replace('./.next/types', './.next/dev/types'));
    const before = await readFile(web('next-env.d.ts'), 'utf-8');
    await nxOk(['typecheck', 'web']);
    expect(await readFile(web('next-env.d.ts'), 'utf-8')).toBe(before);
    await undo();
  });

  it('hold the floor in CI: code that nothing tests fails there, and not on a laptop', async () => {
    await nxOk(['test', 'web'], { CI: 'true' });
    await put(web('src/app/untested.ts'), 'export function untested(n: number) {\n  const next = n + 1;\n  return next * 2;\n}\n');
    expect(await verdicts(['test'])).toEqual({ test: 'pass' });
    const { code, output } = await nx(['test', 'web'], { CI: 'true' });
    expect(code).not.toBe(0);
    expect(output).toMatch(/Coverage for statements \(.*\) does not meet global threshold \(50%\)/);
    await undo();
  });

  it('raise the floor when they cover more: nx run web:coverage', async () => {
    await put(web('test/layout.test.tsx'), "import { renderToString } from 'react-dom/server';\nimport { expect, it } from 'vitest';\nimport Layout from '@/app/layout';\n\nit('shows its children', () => {\n  expect(renderToString(<Layout>inside</Layout>)).toContain('inside');\n});\n");
    expect((await nx(['run', 'web:coverage', '--raise=false'])).output).toContain('The floor holds: statements 50 %');
    expect(await status(dir)).not.toContain('coverage-floor.json');
    expect((await nx(['run', 'web:coverage'])).output).toContain('The floor rises: statements 100 %');
    await rm(web('test/layout.test.tsx'));
    const { code, output } = await nx(['run', 'web:coverage']);
    expect(code).not.toBe(0);
    expect(output).toContain('does not meet global threshold (100%)');
    await undo();
  });

  it('run in happy-dom as well', async () => {
    await nxOk(['g', '@chronos/nx-harden:vitest', 'web', '--environment=happy-dom']);
    expect(await readFile(web('package.json'), 'utf-8')).not.toContain('jsdom');
    expect(await verdicts(['test'])).toEqual({ test: 'pass' });
    await undo();
    await run('pnpm', ['install', '--frozen-lockfile'], dir);
  });

  it('say where a config is broken that cannot be read, and nothing is changed', async () => {
    await put(join(dir, 'apps/admin/vitest.config.ts'), 'export default {\n  test: {{\n};\n');
    const before = await status(dir);
    const { code, output } = await nx(['g', '@chronos/nx-harden:vitest', 'admin']);
    expect(code).not.toBe(0);
    expect(output).toMatch(/apps\/admin\/vitest\.config\.ts cannot be read: .*\(2:9\)\. Mend it and run again\./);
    expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
    expect(await status(dir)).toBe(before);
    await undo();
  });

  it('are run by @nx/vitest where the workspace has it, in the version that it takes', async () => {
    await run('pnpm', ['add', '-Dw', '@nx/vitest@23.2.1', 'vite@^8.0.0'], dir);
    await editJson(join(dir, 'nx.json'), (json) => {
      (json['plugins'] as unknown[]).push({ plugin: '@nx/vitest', options: { testTargetName: 'unit' } });
    });
    const before = await commitAll(dir, 'with @nx/vitest');
    await nxOk(['g', '@chronos/nx-harden:vitest', 'admin']);
    expect(await readFile(join(dir, 'apps/admin/package.json'), 'utf-8')).toContain('"vitest": "~4.1');
    expect((await nx(['unit', 'admin'])).output).toMatch(/Tests\s+2 passed/);
    await rm(join(dir, 'apps/admin/test-output'), { recursive: true });
    expect((await nx(['unit', 'admin'])).output).toMatch(HIT);
    expect(JSON.parse(await readFile(join(dir, 'apps/admin/test-output/vitest/results.json'), 'utf-8'))).toMatchObject({ numPassedTests: 2 });
    await nxOk(['g', '@chronos/nx-harden:remove', 'vitest', 'admin']);
    for (const file of await changedSince(dir, before)) expect(['pnpm-lock.yaml', 'apps/admin/hardening.json']).toContain(file);
    await undo();
  });

  it('go without a trace', async () => {
    await nxOk(['g', '@chronos/nx-harden:remove', 'vitest', 'web']);
    for (const file of await changedSince(dir, first)) expect(ONLY_NX).toContain(file);
    expect(JSON.parse(await readFile(join(dir, 'package.json'), 'utf-8'))).toHaveProperty('scripts', {});
  });
});
