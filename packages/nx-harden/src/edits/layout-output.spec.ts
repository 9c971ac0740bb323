import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { FIXTURES } from './__fixtures__/layout-places';

const OUTPUTS = readdirSync(FIXTURES).filter((file) => /\.output\.\w+$/.test(file));
const inputOf = (output: string) => output.replace('.output.', '.input.');
const textOf = (file: string) => readFileSync(join(FIXTURES, file), 'utf-8');

describe('as TypeScript checks it', () => {
  it('has no error, in the inputs and in the outputs', { timeout: 120_000 }, () => {
    const program = ts.createProgram(readdirSync(FIXTURES).filter((file) => /\.(input|output)\.|\.d\.ts$/.test(file)).map((file) => join(FIXTURES, file)), {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowJs: true,
      jsx: ts.JsxEmit.Preserve,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      moduleDetection: ts.ModuleDetectionKind.Force,
      noUncheckedSideEffectImports: false,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
      types: [],
    });
    const errors = ts.getPreEmitDiagnostics(program).map((diagnostic) => `${basename(diagnostic.file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`);
    expect(errors).toEqual([]);
  });
});

type Loaded = Record<string, unknown>;
type Props = Record<string, unknown>;
type Component = (props: Props) => unknown;
/** React as far as it is used here; its types are no package of the plugin's. */
interface ReactModule {
  createElement: (type: unknown, props?: Props | null, ...children: unknown[]) => unknown;
  Component: unknown;
  Fragment: unknown;
}
const react = require('react') as ReactModule;
const { createElement, Fragment } = react;
const { renderToStaticMarkup } = require('react-dom/server') as { renderToStaticMarkup: (element: unknown) => string };

/** Stands for whatever a module exports: a component that shows its children, a function, an object with every property. */
function standIn(name: string): unknown {
  const component = (props: Props | undefined) => (typeof props === 'object' && props !== null && 'children' in props ? createElement(Fragment, null, props['children']) : null);
  return new Proxy(component, {
    get: (target, key) => (typeof key === 'symbol' || ['prototype', '$$typeof', 'defaultProps', 'contextType', 'propTypes'].includes(key) ? Reflect.get(target, key) : key === 'toJSON' ? () => name : standIn(`${name}.${key}`)),
  });
}

/** The modules of a fixture; what the edit puts in leaves a mark where it is rendered. */
function moduleOf(name: string): object {
  const mark = (kind: string): Component => () => createElement('i', { id: kind });
  if (name === 'react') return { ...react, default: react };
  if (name === 'react/jsx-runtime') return require('react/jsx-runtime') as object;
  if (name.startsWith('@vercel/analytics')) return { Analytics: mark('analytics'), track: () => undefined };
  if (name.startsWith('@vercel/speed-insights')) return { SpeedInsights: mark('speed-insights') };
  if (name === 'next/app') return { default: react.Component };
  if (name === 'next/font/google') return new Proxy({}, { get: () => () => ({ className: 'font', variable: 'font' }) });
  if (name === '@/lib/flags') return { flags: {}, isClosed: false };
  if (name === '@/lib/locale') return { withLocale: (component: unknown) => component };
  if (name === '~/utils/api') return { api: { withTRPC: (component: unknown) => component } };
  if (name === '../store') return { wrapper: { useWrappedStore: (props: unknown) => ({ store: {}, props }) } };
  if (name === 'next/headers') return { draftMode: () => Promise.resolve({ isEnabled: true }) };
  if (name === '@/i18n/routing') return { routing: { locales: ['en'] } };
  if (name === 'next-intl') return { hasLocale: () => true, NextIntlClientProvider: standIn('provider') };
  if (name === '../components/measure') return { Measure: ({ children }: Props) => (children as (width: number) => unknown)(100) };
  return new Proxy({}, { get: (_, key) => standIn(String(key)) });
}

function load(file: string): Component {
  const { outputText } = ts.transpileModule(textOf(file), {
    fileName: 'fixture.tsx',
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, jsx: ts.JsxEmit.ReactJSX, esModuleInterop: true },
  });
  const module = { exports: {} as Loaded };
  new Function('module', 'exports', 'require', outputText)(module, module.exports, (name: string) => asModule(moduleOf(name)));
  return module.exports['default'] as Component;
}

/** Marked as what was written as a module, whose default export is its property of that name. */
function asModule(exported: object): object {
  return new Proxy(exported, { get: (target, key) => (key === '__esModule' ? true : Reflect.get(target, key)) });
}

/** What the server sends for each way in which the component may be asked to render. */
async function markupsOf(file: string): Promise<string[]> {
  const component = load(file);
  const page = () => createElement('article', null, 'page');
  const props: Props = { children: createElement(page), modal: 'modal', team: 'team', analytics: 'slot', html: '', params: Promise.resolve({ locale: 'en' }), Component: page, pageProps: {}, router: { pathname: '/', asPath: '/' } };
  const ways: Props[] = [props, { ...props, admin: true }, { ...props, router: { pathname: '/admin', asPath: '/admin' } }, { ...props, router: { pathname: '/embed', asPath: '/embed' } }];
  const markups: string[] = [];
  for (const given of ways) {
    // React's static renderer waits for no component; Next's does.
    const isAsync = Object.getPrototypeOf(component) === Object.getPrototypeOf(async () => undefined);
    const element = isAsync ? await component(given) : createElement(component, given);
    markups.push(renderToStaticMarkup(element));
  }
  return markups;
}

describe('as React renders it', () => {
  const MARK = /<i id="(analytics|speed-insights)"><\/i>/g;

  it.each(OUTPUTS)('%s shows what it did, and each component once, at the end', async (file) => {
    const [before, after] = [await markupsOf(inputOf(file)), await markupsOf(file)];
    // White space at the edges of <body> goes when it is opened up.
    const plain = (markup: string) => markup.replaceAll(MARK, '').replace(/<body([^>]*)>\s*/, '<body$1>').replace(/\s*<\/body>/, '</body>');
    expect(after.map(plain)).toEqual(before.map(plain));
    for (const [index, markup] of after.entries()) {
      expect([...markup.matchAll(MARK)].map(([, kind]) => kind).sort(), markup).toEqual(['analytics', 'speed-insights']);
      const added = [...markup.matchAll(MARK)].filter(([mark]) => !before[index]?.includes(mark));
      expect(added.length).toBeGreaterThan(0);
      expect(markup.slice(markup.lastIndexOf(added.at(-1)?.[0] ?? '')).replaceAll(MARK, '')).toMatch(/^\s*(<\/(body|html|main)>)*$/);
    }
  });
});
