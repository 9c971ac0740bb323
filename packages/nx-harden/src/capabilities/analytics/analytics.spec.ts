import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { applyCapabilities } from '../../apply-capabilities';
import { readHardeningFile } from '../../hardening-file';
import { readNextApp } from '../../next-app';
import { removeCapabilities } from '../../remove-capabilities';
import { contentsOf, treeOf } from '../../testing/fixtures';
import { appManifest, LAYOUT, NEXT_16, PAGE, PNPM, rootManifest } from '../../testing/fixture-parts';
import { checkAnalytics } from './check';

const TSCONFIG = '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }\n';

function app(files: Record<string, string>, dependencies: Record<string, string> = {}): Tree {
  return treeOf({
    name: 'an app',
    project: 'web',
    files: { 'package.json': rootManifest(), ...PNPM, 'apps/web/package.json': appManifest({ ...NEXT_16, ...dependencies }), 'apps/web/tsconfig.json': TSCONFIG, 'apps/web/next.config.mjs': 'export default {};\n', ...files },
  });
}
const SRC = 'apps/web/src';
const page = (dir: string) => ({ [`${SRC}/app/${dir}page.tsx`]: PAGE });
const put = (tree: Tree, options: Record<string, unknown> = {}) => applyCapabilities(tree, 'web', [{ id: 'analytics', options }]);
const remove = (tree: Tree) => removeCapabilities(tree, readNextApp(tree, 'web'), ['analytics'], { leaveNoTrace: true });
const statuses = (tree: Tree) => checkAnalytics(tree, readNextApp(tree, 'web')).map(({ status }) => status);
const text = (tree: Tree, path: string) => tree.read(`${SRC}/${path}`, 'utf-8') ?? '';
/** How often a component stands in a file. */
const count = (tree: Tree, path: string, name = 'Analytics') => text(tree, path).split(`<${name} />`).length - 1;

/** Puts in, twice, and out again, and makes sure that the second time does nothing and the last leaves no trace. */
async function roundTrip(tree: Tree, looks: () => void): Promise<void> {
  const before = contentsOf(tree);
  expect((await put(tree)).steps).toEqual([]);
  const made = contentsOf(tree);
  looks();
  expect(statuses(tree)).toEqual(['pass', 'pass']);
  await put(tree);
  expect(contentsOf(tree)).toEqual(made);
  expect((await remove(tree)).steps).toEqual([]);
  expect(contentsOf(tree)).toEqual(before);
}

describe('analytics', () => {
  it('come into every root layout that the team wrote, and not into the one that Payload writes', async () => {
    const generated = '/* THIS FILE WAS GENERATED AUTOMATICALLY BY PAYLOAD. */\nexport default ({ children }) => <html><body>{children}</body></html>;\n';
    const tree = app({ ...page('(site)/'), [`${SRC}/app/(site)/layout.tsx`]: LAYOUT, [`${SRC}/app/(shop)/layout.jsx`]: LAYOUT.replace(/: \{[^}]*\}/, ''), [`${SRC}/app/(shop)/shop/layout.tsx`]: 'export default ({ children }) => <main>{children}</main>;\n', [`${SRC}/app/(payload)/layout.tsx`]: generated });
    await roundTrip(tree, () => {
      for (const file of ['(site)/layout.tsx', '(shop)/layout.jsx']) expect([count(tree, `app/${file}`), count(tree, `app/${file}`, 'SpeedInsights')], file).toEqual([1, 1]);
      expect(text(tree, 'app/(payload)/layout.tsx')).toBe(generated);
      expect(count(tree, 'app/(shop)/shop/layout.tsx')).toBe(0);
      expect(JSON.parse(tree.read('apps/web/package.json', 'utf-8') ?? '').dependencies).toMatchObject({ '@vercel/analytics': '^2.0.1', '@vercel/speed-insights': '^2.0.0' });
    });
  });

  it('have nothing to do where Payload has the only layout', async () => {
    const tree = app({ [`${SRC}/app/(payload)/layout.tsx`]: `/* THIS FILE WAS GENERATED AUTOMATICALLY BY PAYLOAD. */\n${LAYOUT}`, ...page('(payload)/') });
    expect(statuses(tree)).toEqual(['pass', 'pass']);
    await put(tree);
    expect(tree.read('apps/web/package.json', 'utf-8')).not.toContain('@vercel');
  });

  it('come into the component that renders <body>, once for all layouts that share it', async () => {
    const shell = "export function Shell({ children }: { children: React.ReactNode }) {\n  return (\n    <html>\n      <body>{children}</body>\n    </html>\n  );\n}\n";
    const layout = "import * as ui from '@/ui';\n\nexport default ({ children }: { children: React.ReactNode }) => <ui.Shell>{children}</ui.Shell>;\n";
    const tree = app({ [`${SRC}/ui/index.ts`]: "export * from './shell';\n", [`${SRC}/ui/shell.tsx`]: shell, ...page('(a)/'), ...page('(b)/b/'), [`${SRC}/app/(a)/layout.tsx`]: layout, [`${SRC}/app/(b)/layout.tsx`]: layout });
    await roundTrip(tree, () => {
      expect(count(tree, 'ui/shell.tsx')).toBe(1);
      expect(text(tree, 'app/(a)/layout.tsx')).toBe(layout);
    });
  });

  it('come into both routers of an app that has both, and into an _app of ours where there is none', async () => {
    const tree = app({ [`${SRC}/app/layout.tsx`]: LAYOUT, ...page(''), [`${SRC}/pages/old.tsx`]: PAGE });
    await roundTrip(tree, () => {
      expect(count(tree, 'app/layout.tsx')).toBe(1);
      expect(text(tree, 'pages/_app.tsx')).toBe(`import type { AppProps } from 'next/app';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function App({ Component, pageProps }: AppProps) {
  return (
    <>
      <Component {...pageProps} />
      <Analytics />
      <SpeedInsights />
    </>
  );
}
`);
    });
  });

  it('need no _app for API routes alone', async () => {
    const tree = app({ [`${SRC}/app/layout.tsx`]: LAYOUT, ...page(''), [`${SRC}/pages/api/hello.ts`]: 'export default () => undefined;\n' });
    await roundTrip(tree, () => expect(tree.exists(`${SRC}/pages/_app.tsx`)).toBe(false));
  });

  it('come back into an _app of ours that the team has rewritten without them', async () => {
    const tree = app({ [`${SRC}/pages/index.tsx`]: PAGE });
    await put(tree);
    tree.write(`${SRC}/pages/_app.tsx`, "import '../styles.css';\n\nexport default ({ Component, pageProps }) => <Component {...pageProps} />;\n");
    expect(statuses(tree)).toEqual(['fail', 'fail']);
    await put(tree);
    expect([count(tree, 'pages/_app.tsx'), ...statuses(tree)]).toEqual([1, 'pass', 'pass']);
  });

  describe('that the team has', () => {
    const around = (imports: string, element: string) => `${imports}\nexport default function RootLayout({ children }: { children: React.ReactNode }) {\n  return (\n    <html>\n      <body>\n        {children}\n        ${element}\n      </body>\n    </html>\n  );\n}\n`;
    const PACKAGE = "import { Analytics } from '@vercel/analytics/react';\n";

    it.each<[string, string, Record<string, string>, Record<string, string>?]>([
      ['by itself', around(PACKAGE, '<Analytics />'), {}],
      ['under another name', around("import { Analytics as Views } from '@vercel/analytics/next';\n", '<Views mode="auto" />'), {}],
      ['in a component of its own', around("import { Analytics } from './analytics';\n", '<Analytics />'), { [`${SRC}/app/analytics.tsx`]: "import { Analytics as Vercel } from '@vercel/analytics/react';\nexport function Analytics() {\n  return <Vercel />;\n}\n" }],
      ['re-exported', around("import { Analytics } from '@/lib';\n", '<Analytics />'), { [`${SRC}/lib/index.ts`]: "export * from './views';\n", [`${SRC}/lib/views.ts`]: "export { Analytics } from '@vercel/analytics/next';\n" }],
      ['among its providers', around("import Providers from '@/providers';\n", '<Providers />'), { [`${SRC}/providers.tsx`]: `${PACKAGE}const Tail = () => <Analytics />;\nconst Providers = ({ children }: { children?: React.ReactNode }) => <>{children}<Tail /></>;\nexport { Providers as default };\n` }],
      ['loaded later', around("import dynamic from 'next/dynamic';\nconst Views = dynamic(() => import('./views').then(({ Views }) => Views));\n", '<Views />'), { [`${SRC}/app/views.tsx`]: `${PACKAGE}export const Views = () => <Analytics />;\n` }],
      ['by a component of its own that loads it later, on Vercel alone', around("import Views from '@/components/views';\n\nconst { VERCEL } = process.env;\n", '{VERCEL && <Views />}'), { [`${SRC}/components/views/index.tsx`]: "import dynamic from 'next/dynamic';\n\nconst Vercel = dynamic(() => import('./vercel'));\n\nexport default function Views() {\n  return <Vercel />;\n}\n", [`${SRC}/components/views/vercel.tsx`]: `${PACKAGE}export default () => <Analytics debug={false} />;\n` }],
      ['as a script', around("import Script from 'next/script';\n", '<Script defer src="/_vercel/insights/script.js" />'), {}],
      ['injected', around("import { Inject } from './inject';\n", '<Inject />'), { [`${SRC}/app/inject.tsx`]: "'use client';\nimport { useEffect } from 'react';\nimport { inject } from '@vercel/analytics';\nexport function Inject() {\n  useEffect(() => inject(), []);\n  return null;\n}\n" }],
      ['for the whole client', LAYOUT, { [`${SRC}/instrumentation-client.ts`]: "import { inject } from '@vercel/analytics';\n\ninject();\n" }],
      ["in a library, by the workspace's tsconfig", around("import { Analytics } from '@acme/ui';\n", '<Analytics />'), { 'tsconfig.base.json': '{ "compilerOptions": { "paths": { "@acme/ui": ["libs/ui/src/index.ts"] } } }', 'libs/ui/src/index.ts': "export { Analytics } from '@vercel/analytics/react';\n" }],
      ['in a package of the workspace', around("import { Provider } from '@acme/events/client';\n", '<Provider />'), { 'apps/web/node_modules/@acme/events/package.json': '{ "exports": { "./client": "./src/client.tsx" } }', 'apps/web/node_modules/@acme/events/src/client.tsx': `${PACKAGE}export const Provider = () => <Analytics />;\n` }, { '@acme/events': 'workspace:*' }],
    ])('are seen %s, and only Web Vitals come', async (_, layout, files, dependencies) => {
      const tree = app({ ...page(''), [`${SRC}/app/layout.tsx`]: layout, ...files }, { '@vercel/analytics': '^2.0.1', ...dependencies });
      expect(statuses(tree)).toEqual(['pass', 'fail']);
      await roundTrip(tree, () => {
        expect(count(tree, 'app/layout.tsx', 'SpeedInsights')).toBe(1);
        expect(text(tree, 'app/layout.tsx').match(/@vercel\/analytics/g) ?? []).toHaveLength(layout.match(/@vercel\/analytics/g)?.length ?? 0);
      });
    });

    it('are not taken for there, where a barrel exports them and the layout renders something else of it', async () => {
      const tree = app({ ...page(''), [`${SRC}/app/layout.tsx`]: around("import { Footer } from '@/ui';\nimport { track } from '@vercel/analytics';\n", '<Footer onLoad={track} />'), [`${SRC}/ui/index.ts`]: "export { Analytics } from '@vercel/analytics/next';\nexport { Footer } from './footer';\n", [`${SRC}/ui/footer.tsx`]: 'export const Footer = () => <footer />;\n' }, { '@vercel/analytics': '^2.0.1' });
      expect(statuses(tree)).toEqual(['fail', 'fail']);
      await roundTrip(tree, () => expect(count(tree, 'app/layout.tsx')).toBe(1));
    });

    it('are left to a person where a page has them, which would be counted twice', async () => {
      const tree = app({ [`${SRC}/app/layout.tsx`]: LAYOUT, [`${SRC}/app/page.tsx`]: `${PACKAGE}export default () => <Analytics />;\n` }, { '@vercel/analytics': '^2.0.1' });
      const { steps } = await put(tree);
      expect(steps).toEqual([{ file: `${SRC}/app/layout.tsx`, why: `${SRC}/app/page.tsx renders it for a part of the pages, which would be counted twice. Take it out there, and write here:`, lines: "import { Analytics } from '@vercel/analytics/next';\n\n// As the last children of <body>:\n<Analytics />" }]);
      expect(checkAnalytics(tree, readNextApp(tree, 'web'))).toMatchObject([{ status: 'manual', message: `Nobody sees which pages are visited: ${SRC}/app/page.tsx renders it for a part of the pages, which would be counted twice` }, { status: 'pass' }]);
    });
  });

  it('are left to a person where the body is in a library that other apps use', async () => {
    const tree = app({ 'tsconfig.base.json': '{ "compilerOptions": { "paths": { "@acme/ui": ["libs/ui/index.tsx"] } } }', 'libs/ui/index.tsx': 'export const Shell = ({ children }) => <body>{children}</body>;\n', [`${SRC}/app/layout.tsx`]: "import { Shell } from '@acme/ui';\n\nexport default ({ children }) => <html><Shell>{children}</Shell></html>;\n", ...page('') });
    const { steps } = await put(tree);
    expect(steps).toMatchObject([{ file: 'libs/ui/index.tsx', why: expect.stringContaining('outside the app') }]);
    expect(statuses(tree)).toEqual(['manual', 'manual']);
  });

  it('are left to a person where no layout renders <html>', async () => {
    const tree = app({ ...page(''), [`${SRC}/app/layout.tsx`]: "import { Shell } from '@acme/shell';\n\nexport default Shell;\n" });
    expect((await put(tree)).steps).toMatchObject([{ file: `${SRC}/app`, lines: expect.stringContaining('<SpeedInsights />') }]);
    expect(statuses(tree)).toEqual(['manual', 'manual']);
  });

  it('go into the layout that renders <html>, and not into one that has it in a comment', async () => {
    const above = '// <html> and <body> are in [locale]/layout.tsx\nexport default function Layout({ children }) {\n  return children;\n}\n';
    const tree = app({ ...page('[locale]/'), [`${SRC}/app/layout.tsx`]: above, [`${SRC}/app/[locale]/layout.tsx`]: LAYOUT });
    await roundTrip(tree, () => expect([count(tree, 'app/[locale]/layout.tsx'), text(tree, 'app/layout.tsx')]).toEqual([1, above]));
  });

  it('ask for a newer package where the one that is there has no entry for Next', async () => {
    const tree = app({ [`${SRC}/app/layout.tsx`]: LAYOUT, ...page('') }, { '@vercel/analytics': '~1.1.0' });
    expect((await put(tree)).steps).toEqual([{ file: 'apps/web/package.json', why: '@vercel/analytics ~1.1.0 has no entry for Next. Update it and run again:', lines: '"@vercel/analytics": "^2.0.1"' }]);
    expect([count(tree, 'app/layout.tsx'), ...statuses(tree)]).toEqual([0, 'manual', 'pass']);
  });

  it('are what was chosen, and what was chosen off goes again', async () => {
    const tree = app({ [`${SRC}/app/layout.tsx`]: LAYOUT, ...page('') });
    const before = contentsOf(tree);
    await put(tree);
    await put(tree, { speedInsights: false });
    expect([count(tree, 'app/layout.tsx'), text(tree, 'app/layout.tsx').includes('SpeedInsights')]).toEqual([1, false]);
    expect(tree.read('apps/web/package.json', 'utf-8')).not.toContain('speed-insights');
    expect(checkAnalytics(tree, readNextApp(tree, 'web'))).toMatchObject([{ status: 'pass' }, { status: 'pass', message: 'Web Vitals are not measured, by choice (speedInsights: false)' }]);
    await put(tree, { analytics: false });
    expect(text(tree, 'app/layout.tsx')).toBe(LAYOUT);
    expect(readHardeningFile(tree, 'apps/web').capabilities['analytics']?.added).toBeUndefined();
    await put(tree, { analytics: true, speedInsights: true });
    expect(statuses(tree)).toEqual(['pass', 'pass']);
    await remove(tree);
    expect(contentsOf(tree)).toEqual(before);
  });

  it('stay where the team has gone on from them, and the lines are named', async () => {
    const tree = app({ [`${SRC}/app/layout.tsx`]: LAYOUT, ...page('') });
    await put(tree);
    const edited = text(tree, 'app/layout.tsx').replace('<Analytics />', '<Analytics beforeSend={own} />');
    tree.write(`${SRC}/app/layout.tsx`, edited);
    await put(tree);
    expect(text(tree, 'app/layout.tsx')).toBe(edited);
    expect((await remove(tree)).steps).toEqual([{ file: `${SRC}/app/layout.tsx`, why: 'It was changed by hand, so it is kept. Its packages go, so take these lines out:', lines: "import { Analytics } from '@vercel/analytics/next';\nimport { SpeedInsights } from '@vercel/speed-insights/next';\n<Analytics beforeSend={own} />\n<SpeedInsights />" }]);
    expect(text(tree, 'app/layout.tsx')).toBe(edited);
  });

  it('leave a layout alone that the team has taken them out of', async () => {
    const tree = app({ [`${SRC}/app/layout.tsx`]: LAYOUT, ...page('') });
    await put(tree);
    const own = LAYOUT.replace('{children}<', '\n\n          {children}\n\n      <');
    tree.write(`${SRC}/app/layout.tsx`, own);
    expect((await remove(tree)).steps).toEqual([]);
    expect(text(tree, 'app/layout.tsx')).toBe(own);
  });

  it('bring their sources into the Content-Security-Policy, and take them along when they go', async () => {
    const tree = app({ [`${SRC}/app/layout.tsx`]: LAYOUT, ...page('') });
    await applyCapabilities(tree, 'web', [{ id: 'headers', options: {} }]);
    const policy = () => tree.read('apps/web/hardening/next-config.cjs', 'utf-8') ?? '';
    expect(policy()).not.toContain('va.vercel-scripts.com');
    await put(tree);
    expect(policy()).toMatch(/script-src[^;]*https:\/\/va\.vercel-scripts\.com/);
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['analytics']);
    expect(policy()).not.toContain('va.vercel-scripts.com');
  });

  it('come into a body that the team adds later, by the import that is there', async () => {
    const tree = app({ [`${SRC}/app/layout.tsx`]: LAYOUT, ...page('') });
    await put(tree);
    const early = '  if (!children) return <html><body>Nothing</body></html>;\n';
    const withEarly = (layout: string) => layout.replace('  return (', `${early}  return (`);
    tree.write(`${SRC}/app/layout.tsx`, withEarly(text(tree, 'app/layout.tsx')));
    expect(statuses(tree)).toEqual(['fail', 'fail']);
    await put(tree);
    expect(count(tree, 'app/layout.tsx')).toBe(2);
    expect(text(tree, 'app/layout.tsx').match(/@vercel\/analytics/g)).toHaveLength(1);
    expect((await remove(tree)).steps).toEqual([]);
    expect(text(tree, 'app/layout.tsx')).toBe(withEarly(LAYOUT));
  });
});
