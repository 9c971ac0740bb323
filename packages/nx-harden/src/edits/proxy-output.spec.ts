import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { ReadTree } from '../capability';
import { LIMIT_MATCHERS } from '../capabilities/rate-limit/matchers';
import { OURS } from './__fixtures__/proxy-places';
import { entryOf, readProxy } from './proxy';

const FIXTURES = join(__dirname, '__fixtures__/proxy');
const ADDED = [...OURS, ...LIMIT_MATCHERS].map(entryOf);
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
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      moduleDetection: ts.ModuleDetectionKind.Force,
      esModuleInterop: true,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: ['node'],
    });
    const errors = ts.getPreEmitDiagnostics(program).map((diagnostic) => `${basename(diagnostic.file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`);
    expect(errors).toEqual([]);
  });
});

type Loaded = Record<string, unknown>;
type Handler = (...given: unknown[]) => unknown;

/** Stands for whatever a package exports: it can be called, and has every property. Its name tells how it was come by. */
function standIn(name: string): unknown {
  return new Proxy(Object.assign(() => undefined, { standIn: name }), {
    get: (target, key) => (key === 'standIn' ? name : key === 'call' || key === 'apply' ? Reflect.get(target, key) : typeof key === 'symbol' ? undefined : standIn(`${name}.${key}`)),
    apply: (_, __, given: unknown[]) => standIn(`${name}(${given.map(nameOf).join()})`),
    construct: (_, given: unknown[]) => standIn(`new ${name}(${given.map(nameOf).join()})`) as object,
  });
}

/** What tells one function from another, whether it came from a stub or is written in the file. */
function nameOf(value: unknown): string {
  const given = typeof value === 'function' ? (value as Handler & { standIn?: string }) : undefined;
  return given ? (given.standIn ?? String(given)) : JSON.stringify(value);
}

describe('as it runs', () => {
  const withRateLimit = vi.fn((handler: Handler, config?: () => { matcher?: unknown }) => Object.assign((...given: unknown[]) => ['limited', handler(...given)], { handler, config }));

  function load(file: string): Loaded {
    const { outputText } = ts.transpileModule(textOf(file).replace(/^\uFEFF?#!.*/, ''), {
      // An .mjs would stay a module.
      fileName: 'fixture.ts',
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true, allowJs: true },
    });
    const module = { exports: {} as Loaded };
    const stubs = (name: string) => (name === './hardening/rate-limit' ? { withRateLimit } : Object.assign(Object.create(null), { __esModule: true }, stubOf(name)));
    new Function('module', 'exports', 'require', 'console', outputText)(module, module.exports, stubs, { log: () => undefined });
    return typeof module.exports === 'function' ? { default: module.exports } : module.exports;
  }

  function stubOf(name: string): object {
    const names = ['default', 'auth', 'proxy', 'middleware', 'signIn', 'signOut', 'clerkMiddleware', 'createRouteMatcher', 'NextResponse', 'NextRequest', 'withAuth', 'config', 'authConfig', 'routing', 'updateSession', 'chain', 'withHeaders', 'withLogging', 'handler', 'createAuth', 'withRateLimit'];
    return Object.fromEntries(names.map((one) => [one, standIn(`${name}#${one}`)]));
  }

  /** As the template does that Next makes of the file. */
  function takenByNext(file: string, loaded: Loaded): Handler {
    return (loaded[file.startsWith('proxy') ? 'proxy' : 'middleware'] ?? loaded['default']) as Handler;
  }

  it.each(OUTPUTS)('%s hands what Next ran to the limiter, and its own part of the matcher', (file) => {
    const [before, after] = [load(inputOf(file)), load(file)];
    const limited = takenByNext(file, after) as ReturnType<typeof withRateLimit>;
    const handler = takenByNext(file, before);
    expect(withRateLimit.mock.results.map(({ value }) => value)).toContain(limited);
    // TypeScript names a function that has no name, once it is the default.
    expect(nameOf(limited.handler)).toBe(nameOf(handler).replace('default_1()', '()'));
    withRateLimit.mockClear();

    const entries = ({ config }: Loaded) => [(config as { matcher?: string | string[] } | undefined)?.matcher ?? []].flat();
    const added = entries(after).slice(entries(before).length);
    expect(entries(after)).toEqual([...entries(before), ...added]);
    expect(ADDED).toEqual(expect.arrayContaining(added));
    // Without anything added the limiter needs no config, and gets none.
    expect(limited.config?.()).toBe(added.length > 0 ? after['config'] : undefined);
  });
});

describe("as Next's own reader reads it", () => {
  interface StaticInfo {
    middleware?: { matchers?: { originalSource: string }[] };
  }
  interface Reader {
    getPagesPageStaticInfo: (given: { pageFilePath: string; page: string; nextConfig: object; isDev: boolean }) => Promise<StaticInfo>;
  }
  const { getPagesPageStaticInfo } = require('next/dist/build/analysis/get-page-static-info') as Reader;
  const { loadBindings } = require('next/dist/build/swc') as { loadBindings: () => Promise<unknown> };
  beforeAll(() => loadBindings(), 60_000);
  const pageOf = (file: string) => (file.startsWith('proxy') ? '/proxy' : '/middleware');
  // Next 16 takes neither CommonJS nor `export { x as default }`; the versions before do.
  const modules = OUTPUTS.filter((file) => !/cjs|middleware-local-default/.test(file));

  it.each(modules)('%s has an export that Next takes, and the matcher that we read', async (file) => {
    const { middleware } = await getPagesPageStaticInfo({ pageFilePath: join(FIXTURES, file), page: pageOf(file), nextConfig: {}, isDev: false });
    const { matcher } = readProxy({ read: () => textOf(file) } as unknown as ReadTree, `${pageOf(file).slice(1)}.ts`);
    expect(middleware?.matchers?.map(({ originalSource }) => originalSource)).toEqual(matcher.kind === 'literal' ? matcher.entries.map(({ source }) => source) : undefined);
  });
});
