import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyCapabilities } from '../../apply-capabilities';
import { readHardeningFile } from '../../hardening-file';
import { readNextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import { removeCapabilities } from '../../remove-capabilities';
import { contentsOf, fixtures, treeOf } from '../../testing/fixtures';
import { checkPlaywright } from './check';

const fixture = (name: string): Tree => treeOf(fixtures.find((one) => one.name.includes(name)) ?? { name, project: '', files: {} });
const preset = (files: Record<string, string> = {}): Tree => {
  const tree = fixture('create-nx-workspace');
  for (const [path, content] of Object.entries(files)) tree.write(path, content);
  return tree;
};
const apply = (tree: Tree, options: Record<string, unknown> = {}, project = 'web') => applyCapabilities(tree, project, [{ id: 'playwright', options }]);
const read = (tree: Tree, path: string): string => tree.read(path, 'utf-8') ?? '';
const targetsIn = (tree: Tree) => readHardeningFile(tree, 'apps/web').capabilities['playwright']?.targets;
const findings = (tree: Tree) => Object.fromEntries(checkPlaywright(tree, readNextApp(tree, 'web')).map(({ check, status }) => [check, status]));

interface RoutesModule {
  staticRoutes: () => string[];
  addressOf: (route: string) => string;
  isPage: (route: string) => boolean;
}
interface RoutesOptions {
  ignoreRoutes?: string[];
  inSrc?: boolean;
  /** What a build left behind. */
  built?: Record<string, string>;
}

describe('the routes that are visited', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'nx-harden-routes-'));
    // Vite sets it for itself.
    vi.stubEnv('BASE_URL', undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true });
  });

  /** What the generated routes.ts itself finds in an app with these files. */
  async function routesOf(files: string[], options: RoutesOptions = {}): Promise<string[]> {
    return (await routesModule(files, options)).staticRoutes();
  }

  async function routesModule(files: string[], { ignoreRoutes = [], inSrc = false, built = {} }: RoutesOptions = {}): Promise<RoutesModule> {
    const tree = inSrc ? preset() : fixture('project.json');
    const root = inSrc ? 'apps/web' : 'apps/shop';
    await apply(tree, { ignoreRoutes }, inSrc ? 'web' : 'shop');
    const put = (path: string, content: string): void => {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), content);
    };
    put('e2e/routes.ts', read(tree, `${root}/e2e/routes.ts`));
    for (const file of files) put(file, '');
    for (const [path, content] of Object.entries(built)) put(path, content);
    return (await import(join(dir, 'e2e/routes.ts'))) as RoutesModule;
  }

  it('are those of app/, without parameters, slots, intercepted and private folders', async () => {
    const files = ['app/page.tsx', 'app/(site)/about/page.mdx', 'app/(site)/(deep)/team/page.jsx', 'app/blog/[slug]/page.tsx', 'app/[[...all]]/page.tsx', 'app/@modal/login/page.tsx', 'app/feed/(..)photo/page.tsx', 'app/(.)photo/page.tsx', 'app/_parts/page.tsx', 'app/api/hello/route.ts', 'app/about/layout.tsx', 'app/docs/page.test.tsx', 'app/deep/er/page.ts'];
    expect(await routesOf(files)).toEqual(['/', '/about', '/deep/er', '/team']);
  });

  it('are those of pages/, without what is none', async () => {
    const files = ['pages/index.js', 'pages/_app.js', 'pages/_document.js', 'pages/404.js', 'pages/500.tsx', 'pages/api/hello.js', 'pages/about.tsx', 'pages/blog/index.jsx', 'pages/blog/[id].js', 'pages/shop/api/list.js', 'pages/about.test.tsx', 'pages/styles.css', 'pages/legal/404.js'];
    expect(await routesOf(files)).toEqual(['/', '/about', '/blog', '/legal/404', '/shop/api/list']);
  });

  it('are found in src, and leave out what is ignored', async () => {
    expect(await routesOf(['src/app/page.tsx', 'src/app/checkout/page.tsx'], { inSrc: true, ignoreRoutes: ['/checkout'] })).toEqual(['/']);
  });

  it('are the start, where all have parameters', async () => {
    expect(await routesOf(['app/[locale]/page.tsx'])).toEqual(['/']);
  });

  it('may be no page, where all have parameters', async () => {
    expect((await routesModule(['app/[locale]/page.tsx'])).isPage('/')).toBe(false);
  });

  it('are a page, where one stands', async () => {
    expect((await routesModule(['app/page.tsx'])).isPage('/')).toBe(true);
  });

  it('are found below the base path of the build', async () => {
    const { addressOf } = await routesModule(['app/page.tsx'], { built: { '.next/routes-manifest.json': '{ "basePath": "/docs" }' } });
    expect(['/', '/about'].map(addressOf)).toEqual(['/docs', '/docs/about']);
  });

  it.each([
    ['https://preview.example.com/docs/', ['/docs', '/docs/about']],
    ['https://preview.example.com', ['/', '/about']],
  ])('are found below that of the address %s', async (address, addresses) => {
    vi.stubEnv('BASE_URL', address);
    const { addressOf } = await routesModule(['app/page.tsx']);
    expect(['/', '/about'].map(addressOf)).toEqual(addresses);
  });

  it('are none, where that is ignored too', async () => {
    expect(await routesOf(['app/[locale]/page.tsx'], { ignoreRoutes: ['/'] })).toEqual([]);
  });
});

describe('the violations that were there before', () => {
  interface Known {
    unknownOf: (route: string, ids: string[]) => string[];
    save: () => void;
  }
  let dir: string;
  let load: () => Known;
  const noted = (): unknown => JSON.parse(readFileSync(join(dir, 'accessibility-known/desktop.json'), 'utf-8'));

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'nx-harden-known-'));
    vi.stubEnv('CI', undefined);
    vi.spyOn(console, 'log').mockReturnValue();
    const tree = preset();
    await apply(tree);
    writeFileSync(join(dir, 'known-violations.ts'), read(tree, 'apps/web/e2e/known-violations.ts'));
    const { KnownViolations } = (await import(join(dir, 'known-violations.ts'))) as { KnownViolations: new (dir: string, project: string, routes: string[]) => Known };
    load = () => new KnownViolations(dir, 'desktop', ['/', '/about']);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    rmSync(dir, { recursive: true });
  });

  it('are not noted by a worker that ends half-way, so that none is new to the next', () => {
    const first = load();
    expect(first.unknownOf('/', ['label'])).toEqual([]);
    first.save();
    const second = load();
    expect(second.unknownOf('/about', ['image-alt'])).toEqual([]);
    second.save();
    expect(existsSync(join(dir, 'accessibility-known'))).toBe(false);
    expect(console.log).toHaveBeenCalledWith(expect.stringContaining('that takes a run in which each page comes up'));
  });

  it('are noted when all pages were looked at; after that a new one fails, and a mended one goes', () => {
    const first = load();
    first.unknownOf('/', ['label', 'image-alt']);
    first.unknownOf('/about', []);
    first.save();
    expect(noted()).toEqual({ '/': 'image-alt, label' });
    const second = load();
    expect(second.unknownOf('/', ['label', 'list'])).toEqual(['list']);
    second.save();
    expect(noted()).toEqual({ '/': 'label' });
  });
});

describe('the tests', () => {
  it('look for the headers that are on, by whatever way they came on', async () => {
    const tree = preset();
    await apply(tree);
    expect(tree.exists('apps/web/e2e/headers.e2e.ts')).toBe(false);
    await applyCapabilities(tree, 'web', [{ id: 'headers', options: { csp: 'enforce' } }]);
    expect(read(tree, 'apps/web/e2e/headers.e2e.ts')).toMatch(/"strict-transport-security".*"content-security-policy"\]/);
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['headers']);
    expect(tree.exists('apps/web/e2e/headers.e2e.ts')).toBe(false);
  });

  it('are called what no runner of unit tests takes for its own', async () => {
    const tree = preset();
    await applyCapabilities(tree, 'web', [{ id: 'headers', options: {} }, { id: 'playwright', options: {} }]);
    // The patterns of Jest and of Vitest, where a team's config names none.
    const unitTest = /(^|\/)([^/]*\.)?(spec|test)\.[cm]?[jt]sx?$/;
    const files = contentsOf(tree);
    expect(Object.keys(files).filter((path) => path.includes('/e2e/') && unitTest.test(path))).toEqual([]);
  });

  it('find their folder in an ES module as well', async () => {
    const commonJs = preset();
    await apply(commonJs);
    expect(read(commonJs, 'apps/web/e2e/routes.ts')).toContain('join(__dirname,');
    const esm = preset({ 'apps/web/package.json': '{ "name": "@acme/web", "type": "module", "dependencies": { "next": "~16.4.6" } }' });
    await apply(esm);
    expect(read(esm, 'apps/web/e2e/routes.ts')).toContain('join(import.meta.dirname,');
  });

  it('take the Playwright that the workspace has, and an axe that its Node runs', async () => {
    const tree = preset({ '.nvmrc': '20.19.0\n', 'package.json': '{ "name": "a", "devDependencies": { "@playwright/test": "^1.58.0" } }' });
    await apply(tree);
    expect(readJsonFile(tree, 'apps/web/package.json')?.['devDependencies']).toMatchObject({ '@playwright/test': '^1.58.0', '@axe-core/playwright': '~4.13.0' });
  });

  it.each([
    [{ shards: 0 }, '--shards is 0'],
    [{ shards: 1.5 }, '--shards is 1.5'],
    [{ ignoreRoutes: ['checkout'] }, '--ignoreRoutes: "checkout" is no route. Write it as it is visited: /checkout'],
  ])('are not made of nonsense: %j', async (options, message) => {
    await expect(apply(preset(), options)).rejects.toThrow(message);
  });
});

describe('the target', () => {
  it('builds before it looks', async () => {
    const tree = preset();
    await apply(tree);
    expect(targetsIn(tree)).toEqual({ e2e: 'playwright', typecheck: 'typecheck-with-typegen' });
    expect(readJsonFile(tree, 'package.json')?.['scripts']).toEqual({ 'test:e2e': 'nx run-many -t e2e' });
  });

  it("adds to that of Nx's own plugin, behind which ours is registered", async () => {
    const tree = preset({ 'nx.json': '{\n  "plugins": [\n    "@chronos/nx-harden",\n    { "plugin": "@nx/playwright/plugin", "options": { "targetName": "browse" } }\n  ]\n}\n' });
    await apply(tree);
    expect(targetsIn(tree)).toMatchObject({ browse: 'playwright-build' });
    expect(readJsonFile(tree, 'nx.json')?.['plugins']).toEqual([{ plugin: '@nx/playwright/plugin', options: { targetName: 'browse' } }, '@chronos/nx-harden']);
  });
});

describe("a team's own end-to-end tests", () => {
  const CONFIG = 'export default { testDir: "e2e" };\n';
  it.each<[string, Record<string, string>, Record<string, string>?]>([
    ['the app', { 'apps/web/playwright.config.ts': CONFIG, 'apps/web/e2e/home.spec.ts': '' }, { e2e: 'playwright' }],
    ['a project beside it', { 'apps/web-e2e/playwright.config.ts': CONFIG, 'apps/web-e2e/src/home.spec.ts': "import AxeBuilder from '@axe-core/playwright';\n" }],
    ['Cypress', { 'apps/web-e2e/cypress.config.ts': CONFIG, 'apps/web-e2e/src/e2e/home.cy.ts': '' }],
    ['a target', { 'apps/web/project.json': '{ "name": "web", "targets": { "e2e": { "command": "wdio run" } } }' }],
  ])('in %s are kept and recognised, and nx e2e runs them', async (_, files, targets) => {
    const tree = preset(files);
    expect(Object.values(findings(tree))).not.toContain('fail');
    await apply(tree);
    expect(tree.exists('apps/web/e2e/routes.ts')).toBe(false);
    expect(readJsonFile(tree, 'apps/web/package.json')).not.toHaveProperty('devDependencies');
    expect(targetsIn(tree)).toEqual(targets);
  });

  it('are asked for accessibility', () => {
    expect(findings(preset({ 'apps/web/playwright.config.ts': CONFIG, 'apps/web/e2e/home.spec.ts': '' }))).toMatchObject({ 'playwright/accessibility': 'warn' });
    expect(findings(preset({ 'apps/web/playwright.config.ts': CONFIG }))).toMatchObject({ 'playwright/tests': 'fail' });
    expect(findings(preset())).toEqual({ 'playwright/runner': 'fail' });
  });

  it('that cannot be read stop the run, with the place', async () => {
    const tree = preset({ 'apps/web/playwright.config.ts': 'export default {\n  use: {{\n};\n' });
    await expect(apply(tree)).rejects.toThrow(/apps\/web\/playwright\.config\.ts cannot be read: .*\(2:8\)\. Mend it and run again\./);
    expect(findings(tree)).toEqual({ 'playwright/runner': 'fail' });
  });
});

it('takes away what its tests have written', async () => {
  const tree = preset();
  const before = contentsOf(tree);
  await apply(tree);
  tree.write('apps/web/e2e/accessibility-known/desktop.json', '{ "/": "color-contrast" }\n');
  await apply(tree);
  await removeCapabilities(tree, readNextApp(tree, 'web'), ['playwright'], { leaveNoTrace: true });
  expect(contentsOf(tree)).toEqual(before);
});
