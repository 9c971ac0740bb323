import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { applyCapabilities } from '../../apply-capabilities';
import { readHardeningFile } from '../../hardening-file';
import { readNextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import { removeCapabilities } from '../../remove-capabilities';
import { contentsOf, fixtures, treeOf } from '../../testing/fixtures';
import { checkVitest } from './check';

const fixture = (name: string): Tree => treeOf(fixtures.find((one) => one.name.includes(name)) ?? { name, project: '', files: {} });
const preset = (files: Record<string, string> = {}): Tree => {
  const tree = fixture('create-nx-workspace');
  for (const [path, content] of Object.entries(files)) tree.write(path, content);
  return tree;
};
const apply = (tree: Tree, options: Record<string, unknown> = {}, project = 'web') => applyCapabilities(tree, project, [{ id: 'vitest', options }]);
const read = (tree: Tree, path: string): string => tree.read(path, 'utf-8') ?? '';
const packagesIn = (tree: Tree, manifest = 'apps/web/package.json') => readJsonFile(tree, manifest)?.['devDependencies'] as Record<string, string> | undefined;
const targetsIn = (tree: Tree) => readHardeningFile(tree, 'apps/web').capabilities['vitest']?.targets;
const findings = (tree: Tree) => Object.fromEntries(checkVitest(tree, readNextApp(tree, 'web')).map(({ check, status }) => [check, status]));
const isWritten = (tree: Tree): boolean => tree.exists('apps/web/test') || tree.exists('apps/web/vitest.config.mts');

describe('the packages', () => {
  it.each([
    ['24.9.0', '~5.1.1', '^27.4.0', '^7.0.1'],
    ['24.15.1', '~5.1.1', '^31.0.1', '^7.0.1'],
    ['22.11.0', '~4.1.12', '^27.4.0', '^7.0.1'],
    ['20.19.0', '~4.1.12', '^27.4.0', '^6.9.1'],
    ['18.20.0', '~3.2.4', '^26.1.0', '^6.9.1'],
  ])('are the newest that Node %s runs', async (node, vitest, jsdom, jestDom) => {
    const tree = preset({ '.nvmrc': `v${node}\n` });
    await apply(tree);
    expect(packagesIn(tree)).toMatchObject({ vitest, '@vitest/coverage-v8': vitest, jsdom, '@testing-library/jest-dom': jestDom });
  });

  it.each([
    ['@nx/vitest', '23.2.1', '~4.1.12'],
    ['@nx/vitest', '^23.3.1', '~5.1.1'],
    ['@nx/vite', '21.6.0', '~3.2.4'],
  ])('follow what %s %s takes', async (plugin, version, vitest) => {
    const tree = preset({ '.nvmrc': '24.15.0\n', 'package.json': JSON.stringify({ name: '@acme/source', devDependencies: { [plugin]: version } }) });
    await apply(tree);
    expect(packagesIn(tree)?.['vitest']).toBe(vitest);
  });

  it('follow what its installed manifest says, before what is known of its version', async () => {
    const tree = preset({ '.nvmrc': '24.15.0\n', 'node_modules/@nx/vitest/package.json': JSON.stringify({ peerDependencies: { vitest: '^3.0.0' } }) });
    await apply(tree);
    expect(packagesIn(tree)?.['vitest']).toBe('~3.2.4');
  });

  it('are the versions that the workspace has, and what goes with them', async () => {
    const tree = preset({ 'package.json': JSON.stringify({ name: '@acme/source', devDependencies: { vitest: '^3.1.0', vite: '^7.0.0', jsdom: '^25.0.0' } }) });
    await apply(tree);
    expect(packagesIn(tree)).toMatchObject({ '@vitest/coverage-v8': '^3.1.0', '@vitejs/plugin-react': '^5.2.0', 'vite-tsconfig-paths': '^6.1.1' });
    expect(read(tree, 'apps/web/vitest.config.mts')).toContain('plugins: [react(), tsconfigPaths()]');
  });

  it('change with the environment that is chosen', async () => {
    const tree = preset();
    await apply(tree);
    await apply(tree, { environment: 'happy-dom' });
    expect(Object.keys(packagesIn(tree) ?? {})).toContain('happy-dom');
    expect(Object.keys(packagesIn(tree) ?? {})).not.toContain('jsdom');
    expect(read(tree, 'apps/web/vitest.config.mts')).toContain("environment: 'happy-dom'");
  });

  it('go where Next is listed, so that both find the same React', async () => {
    const tree = fixture('project.json');
    await apply(tree, {}, 'shop');
    expect(packagesIn(tree, 'package.json')).toHaveProperty('vitest');
  });
});

describe('the examples', () => {
  it('test the page by its heading, and the route handler by its answer', async () => {
    const tree = preset({
      'apps/web/src/app/page.tsx': `import styles from './page.module.css';\n\nexport default function Index() {\n  return (\n    <div className={styles.page}>\n      <h1>\n        <span> Hello there, </span>\n        Welcome &amp; enjoy\n      </h1>\n      {[1].map((n) => <p key={n}>{n}</p>)}\n    </div>\n  );\n}\n`,
      'apps/web/src/app/(site)/api/hello/route.ts': `export async function GET(_request: Request) {\n  return Response.json({ name: "O'Neill", tags: ['a'] }, { status: 201 });\n}\n`,
    });
    await apply(tree);
    expect(read(tree, 'apps/web/test/home.test.tsx')).toContain(`toHaveTextContent('Hello there, Welcome & enjoy')`);
    expect(read(tree, 'apps/web/test/home.test.tsx')).toContain("import Page from '../src/app/page';");
    const handler = read(tree, 'apps/web/test/api-hello.test.ts');
    expect(handler).toContain("await GET(new Request('http://localhost/api/hello'))");
    expect(handler).toContain('toBe(201)');
    expect(handler).toContain('toEqual({"name":"O\'Neill","tags":["a"]})');
  });

  it.each([
    ['is async', 'export default async function Page() {\n  return <h1>Hi</h1>;\n}\n'],
    ['takes props', 'export default function Page({ params }) {\n  return <h1>{params.id}</h1>;\n}\n'],
    ['reads the session', "import { cookies } from 'next/headers';\nexport default function Page() {\n  return <h1>Hi</h1>;\n}\n"],
    ['shows something that is async', "import { List } from './list';\nexport default function Page() {\n  return <div><h1>Hi</h1><List /></div>;\n}\n"],
    ['needs a router', "'use client';\nimport { useRouter } from 'next/navigation';\nexport default function Page() {\n  useRouter();\n  return <h1>Hi</h1>;\n}\n"],
    ['imports what is not there', "import { X } from '@/nowhere';\nexport default function Page() {\n  return <X />;\n}\n"],
    ['shows an imported picture', "import logo from './logo.png';\nexport default function Page() {\n  return <img src={logo.src} />;\n}\n"],
    ['asks a server', "'use client';\nimport { useEffect, useState } from 'react';\nexport default function Page() {\n  const [n, set] = useState(0);\n  useEffect(() => void fetch('/api/n').then((r) => r.json()).then(set), []);\n  return <h1>{n}</h1>;\n}\n"],
    ['shows what needs a provider', "import { Theme } from './theme';\nexport default function Page() {\n  return <div><h1>Hi</h1><Theme /></div>;\n}\n"],
    ['can go two ways', 'export default function Page() {\n  if (Math.random() > 0.5) return <h1>A</h1>;\n  return <h1>B</h1>;\n}\n'],
  ])('leave a page alone that %s, and take a component', async (_, page) => {
    const tree = preset({
      'apps/web/src/app/page.tsx': page,
      'apps/web/src/app/list.tsx': 'export async function List() {\n  return <ul />;\n}\n',
      'apps/web/src/app/theme.tsx': "import { use, createContext } from 'react';\nconst Context = createContext(null);\nexport function Theme() {\n  return <p>{use(Context)}</p>;\n}\n",
      'apps/web/src/components/footer.tsx': 'export const Footer = () => <footer><small>All rights reserved</small></footer>;\n',
    });
    await apply(tree);
    expect(tree.children('apps/web/test').sort()).toEqual(['footer.test.tsx', 'setup.ts', 'tsconfig.json']);
    expect(read(tree, 'apps/web/test/footer.test.tsx')).toContain("import { Footer } from '../src/components/footer';");
    expect(read(tree, 'apps/web/test/footer.test.tsx')).toContain("expect(container).toHaveTextContent('All rights reserved')");
  });

  it('follow the aliases of the tsconfig', async () => {
    const tree = preset({
      'apps/web/tsconfig.json': '{ "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }',
      'apps/web/src/app/page.tsx': "import { db } from '~/db';\nexport default function Page() {\n  return <h1>{db}</h1>;\n}\n",
      'apps/web/src/db.ts': "import pg from 'pg';\nexport const db = new pg.Pool();\n",
    });
    expect((await apply(tree)).steps).toMatchObject([{ file: 'apps/web/test/first.test.tsx' }]);
    expect(findings(tree)).toMatchObject({ 'vitest/runner': 'pass', 'vitest/tests': 'fail' });
    expect(read(tree, 'apps/web/vitest.config.mts')).toContain('passWithNoTests: true');
  });

  it.each([
    ['reads a cookie', "import { cookies } from 'next/headers';\nexport async function GET() {\n  await cookies();\n  return new Response('x');\n}\n"],
    ['asks another server', "export async function GET() {\n  return Response.json(await fetch('https://example.com'));\n}\n"],
    ['reads a secret', 'export const GET = () => Response.json({ region: process.env.REGION });\n'],
  ])('leave a route handler alone that %s', async (_, handler) => {
    const tree = preset({ 'apps/web/src/app/api/x/route.ts': handler });
    await apply(tree);
    expect(tree.exists('apps/web/test/api-x.test.ts')).toBe(false);
  });

  it('call a handler as it is written', async () => {
    const tree = preset({ 'apps/web/src/app/api/x/route.ts': "import { NextResponse, type NextRequest } from 'next/server';\nexport const GET = (request: NextRequest) => NextResponse.json({ at: Date.now() });\n" });
    await apply(tree);
    const test = read(tree, 'apps/web/test/api-x.test.ts');
    expect(test).toContain("import { NextRequest } from 'next/server';");
    expect(test).toContain("new NextRequest('http://localhost/api/x')");
    expect(test).not.toContain('toEqual');
  });

  it('are the team’s once they are begun: neither written anew nor brought back', async () => {
    const tree = preset({ 'apps/web/src/app/api/x/route.ts': "export const GET = () => new Response('x');\n" });
    await apply(tree);
    tree.delete('apps/web/test/api-x.test.ts');
    tree.write('apps/web/src/app/page.tsx', 'export default function Page() {\n  return <h1>Changed</h1>;\n}\n');
    const before = Object.entries(contentsOf(tree)).filter(([path]) => path !== 'apps/web/hardening.json');
    await apply(tree);
    expect(contentsOf(tree)).toMatchObject(Object.fromEntries(before));
    expect(tree.exists('apps/web/test/api-x.test.ts')).toBe(false);
  });
});

describe('the targets', () => {
  it('are ours where no plugin infers them', async () => {
    const tree = preset();
    await apply(tree);
    expect(targetsIn(tree)).toEqual({ test: 'vitest', 'test-watch': 'vitest-watch', coverage: 'coverage', typecheck: 'typecheck-with-typegen' });
  });

  it.each(['"@nx/vitest"', '{ "plugin": "@nx/vite/plugin", "options": { "testTargetName": "unit" } }'])('leave the running to %s', async (plugin) => {
    const tree = preset();
    tree.write('nx.json', `{ "plugins": [${plugin}] }`);
    await apply(tree);
    expect(targetsIn(tree)).toEqual({ 'test-watch': 'vitest-watch', coverage: 'coverage', typecheck: 'typecheck-with-typegen' });
  });

  it('leave a typecheck alone that the team has', async () => {
    const tree = preset({ 'apps/web/project.json': '{ "name": "web", "targets": { "typecheck": { "command": "tsc -b" } } }' });
    await apply(tree);
    expect(targetsIn(tree)).not.toHaveProperty('typecheck');
  });

  it('have scripts, which do not call themselves in a workspace that is one app', async () => {
    const many = preset();
    await apply(many);
    expect(readJsonFile(many, 'package.json')?.['scripts']).toEqual({ test: 'nx run-many -t test', 'test:watch': 'nx run-many -t test-watch', 'type-check': 'nx run-many -t typecheck' });
    const one = fixture('standalone');
    await apply(one, {}, '');
    expect(readJsonFile(one, 'package.json')?.['scripts']).not.toHaveProperty('test');
  });
});

describe("a team's own tests", () => {
  const OWN: [string, Record<string, string>, Record<string, string> | undefined][] = [
    ['Vitest', { 'apps/web/vitest.config.ts': 'export default { test: { coverage: { thresholds: { lines: 80 } } } };\n', 'apps/web/src/a.test.ts': '' }, { test: 'vitest' }],
    ['Vitest in a Vite config', { 'apps/web/vite.config.mts': 'export default { test: { globals: true } };\n', 'apps/web/src/a.spec.ts': '' }, { test: 'vitest' }],
    ['Jest', { 'apps/web/jest.config.js': 'module.exports = { coverageThreshold: { global: { lines: 80 } } };\n', 'apps/web/src/a.test.ts': '' }, { test: 'jest' }],
    ['a script', { 'apps/web/package.json': '{ "name": "@acme/web", "scripts": { "test": "node --test" }, "dependencies": { "next": "~16.4.6" } }' }, {}],
  ];

  it.each(OWN)('in %s are kept and recognised, and nx test runs them', async (_, files, targets) => {
    const tree = preset(files);
    expect(Object.values(findings(tree))).not.toContain('fail');
    const { followUps } = await apply(tree);
    expect(followUps).toEqual([]);
    expect(tree.exists('apps/web/test')).toBe(false);
    expect(packagesIn(tree)).toBeUndefined();
    expect(targetsIn(tree)).toEqual({ typecheck: 'typecheck-with-typegen', ...targets });
  });

  it('have a floor of coverage, or a warning', () => {
    const config = (content: string): Tree => preset({ 'apps/web/vitest.config.ts': content, 'apps/web/src/a.test.ts': '' });
    expect(findings(config('export default { test: { coverage: { thresholds: { lines: 80 } } } };'))).toMatchObject({ 'vitest/coverage': 'pass' });
    expect(findings(config('export default { test: {} };'))).toMatchObject({ 'vitest/coverage': 'warn' });
  });

  it('that cannot be read stop the run, with the place', async () => {
    const tree = preset({ 'apps/web/vitest.config.ts': 'export default {\n  test: {{\n};\n' });
    expect(checkVitest(tree, readNextApp(tree, 'web'))[0]).toMatchObject({ status: 'fail', message: expect.stringMatching(/cannot be read: .*\(2:9\)/) });
    await expect(apply(tree)).rejects.toThrow(/apps\/web\/vitest\.config\.ts cannot be read: .*\(2:9\)\. Mend it and run again\./);
    expect(isWritten(tree)).toBe(false);
  });
});

describe('the floor of coverage', () => {
  it('is begun once, kept through a second run, and gone with the protection', async () => {
    const tree = preset();
    const before = contentsOf(tree);
    expect((await apply(tree)).followUps).toHaveLength(1);
    tree.write('apps/web/coverage-floor.json', '{ "lines": 80 }');
    expect((await apply(tree)).followUps).toEqual([]);
    expect(read(tree, 'apps/web/coverage-floor.json')).toBe('{ "lines": 80 }');
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['vitest'], { leaveNoTrace: true });
    expect(contentsOf(tree)).toEqual(before);
  });
});

it('takes away what the tests have left, which nothing ignores any more', async () => {
  const tree = preset();
  await apply(tree);
  await applyCapabilities(tree, 'web', [{ id: 'playwright', options: {} }]);
  tree.write('apps/web/test-output/vitest/results.json', '{}');
  await removeCapabilities(tree, readNextApp(tree, 'web'), ['vitest']);
  expect(tree.exists('apps/web/test-output/vitest/results.json'), 'the end-to-end tests still use the folder').toBe(true);
  expect(read(tree, '.gitignore')).toContain('test-output/');
  await removeCapabilities(tree, readNextApp(tree, 'web'), ['playwright']);
  expect(tree.exists('apps/web/test-output')).toBe(false);
});

describe("what the team has changed of ours", () => {
  it('a script with another command is theirs when we go', async () => {
    const tree = preset();
    await apply(tree);
    const theirs = 'nx affected -t test && ./scripts/more.sh';
    tree.write('package.json', read(tree, 'package.json').replace('nx run-many -t test"', `${theirs}"`));
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['vitest']);
    expect(readJsonFile(tree, 'package.json')?.['scripts']).toEqual({ test: theirs });
  });

  it('a config with another ending keeps all that goes with it', async () => {
    const tree = preset();
    await apply(tree);
    tree.rename('apps/web/vitest.config.mts', 'apps/web/vitest.config.ts');
    const before = contentsOf(tree);
    const { steps } = await apply(tree);
    expect(steps).toMatchObject([{ file: 'apps/web/vitest.config.ts', lines: 'git mv apps/web/vitest.config.ts apps/web/vitest.config.mts' }]);
    expect(contentsOf(tree)).toEqual(before);
  });

  it('what else lies in test-output stays', async () => {
    const tree = preset({ 'apps/web/test-output/golden.json': '{}' });
    await apply(tree);
    tree.write('apps/web/test-output/vitest/results.json', '{}');
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['vitest']);
    expect(tree.children('apps/web/test-output')).toEqual(['golden.json']);
  });

  it('an empty section comes back, whoever leaves last', async () => {
    for (const order of [['vitest', 'playwright'], ['playwright', 'vitest']]) {
      const tree = preset();
      const before = contentsOf(tree);
      await apply(tree);
      await applyCapabilities(tree, 'web', [{ id: 'playwright', options: {} }]);
      for (const id of order) await removeCapabilities(tree, readNextApp(tree, 'web'), [id], { leaveNoTrace: true });
      expect(contentsOf(tree), order.join()).toEqual(before);
    }
  });
});

describe('the config', () => {
  it('has the aliases of a jsconfig, which Vite does not read', async () => {
    const tree = fixture('empty config');
    tree.write('apps/web/jsconfig.json', '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }');
    await apply(tree);
    expect(read(tree, 'apps/web/vitest.config.mjs')).toContain("'@/': fileURLToPath(new URL('./src/', import.meta.url)),");
  });

  it("leaves the tests of a team's Playwright to it", async () => {
    const tree = preset({ 'apps/web/playwright.config.ts': "export default { testDir: './tests' };\n" });
    await apply(tree);
    expect(read(tree, 'apps/web/vitest.config.mts')).toContain("'e2e/**', 'tests/**'],");
  });

  it('runs on the Vite that Vitest 3 takes', async () => {
    const tree = preset({ 'package.json': '{ "name": "a", "devDependencies": { "vitest": "^3.2.0" } }' });
    await apply(tree);
    expect(packagesIn(tree)).toMatchObject({ vite: '^7.0.0', '@vitejs/plugin-react': '^5.2.0', 'vite-tsconfig-paths': '^6.1.1' });
  });

  it('checks types from the root of the workspace, since a library may be imported as source', async () => {
    const tree = preset();
    await apply(tree);
    expect(read(tree, 'apps/web/test/tsconfig.json')).toContain('"rootDir": "../../.."');
  });
});

it.each([
  ['a second heading of its level that is shown at times', '<main><h1>A title</h1>{n > 1 ? <h1>Other</h1> : null}</main>', 'expect(container)'],
  ['a heading that is hidden', '<main><h1 aria-hidden="true">Hidden</h1><p>Seen by all</p></main>', "'Seen by all'"],
  ['a title that goes elsewhere', '<main><title>A very long title of the page</title><p>The text</p></main>', "'The text'"],
])('is no example that fails: %s', async (_, jsx, expected) => {
  const tree = preset({ 'apps/web/src/app/page.tsx': `const n = 1;\nexport default function Page() {\n  return ${jsx};\n}\n` });
  await apply(tree);
  expect(read(tree, 'apps/web/test/home.test.tsx')).toContain(expected);
});
