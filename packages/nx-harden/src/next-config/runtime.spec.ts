import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createProgram, getPreEmitDiagnostics, ModuleKind, ModuleResolutionKind, ScriptTarget } from 'typescript';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NextConfigContribution } from './contribution';
import { mergeContributions } from './merge';
import { renderNextConfigFiles } from './render';

interface Rule {
  source: string;
  locale?: false;
  headers: { key: string; value: string }[];
}
type Config = Record<string, unknown> & { headers?: () => Promise<Rule[]> };

const POLICY: NextConfigContribution = {
  securityHeaders: [
    { key: 'Strict-Transport-Security', value: 'max-age=63072000' },
    { key: 'X-Content-Type-Options', value: 'nosniff' },
  ],
  csp: { mode: 'report-only', directives: { 'default-src': ["'self'"], 'script-src': ["'self'"], 'frame-ancestors': ["'none'"], 'upgrade-insecure-requests': [] } },
  cache: { immutableFolder: 'immutable', publicImages: 'public, max-age=3600' },
  images: { formats: ['image/avif', 'image/webp'] },
};

describe('hardening/next-config.cjs', () => {
  let app: string;
  beforeEach(() => {
    app = mkdtempSync(join(tmpdir(), 'nx-harden-runtime-'));
  });
  afterEach(() => {
    rmSync(app, { recursive: true });
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  function put(path: string, content = ''): void {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), content);
  }

  function withHardening(policy: NextConfigContribution = POLICY): <T>(config: T) => T {
    for (const [name, content] of Object.entries(renderNextConfigFiles(policy))) put(`hardening/${name}`, content);
    return createRequire(join(app, 'x.js'))('./hardening/next-config.cjs').withHardening;
  }

  const rulesOf = async (config: Config, policy?: NextConfigContribution): Promise<Rule[]> => (await withHardening(policy)<Config>(config).headers?.()) ?? [];
  const header = (rules: Rule[], key: string): string | undefined => rules.flatMap(({ headers }) => headers).find((one) => one.key === key)?.value;

  it('keeps the kind of what it is given', async () => {
    const wrap = withHardening();
    expect(wrap({ a: 1 })).toMatchObject({ a: 1, poweredByHeader: false, images: { formats: ['image/avif', 'image/webp'] } });
    expect(await (wrap((phase: string) => ({ phase })) as unknown as (phase: string) => Promise<object>)('build')).toMatchObject({ phase: 'build', poweredByHeader: false });
    expect(await wrap(Promise.resolve({ a: 1 }))).toMatchObject({ a: 1, poweredByHeader: false });
    expect(wrap(undefined)).toMatchObject({ poweredByHeader: false });
    expect(wrap('what is this' as never)).toBe('what is this');
  });

  it("puts the app's own rules last, where they win, and takes X-Powered-By out of them", async () => {
    const rules = await rulesOf({
      headers: async () => [
        { source: '/a', headers: [{ key: 'X-A', value: '1' }, { key: 'x-powered-by', value: 'Next.js, Payload' }] },
        { source: '/b', headers: [{ key: 'X-Powered-By', value: 'Next.js, Payload' }] },
      ],
    });
    expect(rules.at(-1)).toEqual({ source: '/a', headers: [{ key: 'X-A', value: '1' }] });
    expect(JSON.stringify(rules).toLowerCase()).not.toContain('powered');
  });

  it('enforces at once what cannot break a page, and only reports the rest', async () => {
    const rules = await rulesOf({});
    expect(header(rules, 'Content-Security-Policy')).toBe("frame-ancestors 'none'");
    expect(header(rules, 'Content-Security-Policy-Report-Only')).toBe("default-src 'self'; script-src 'self'; frame-ancestors 'none'");
  });

  it('enforces all of it when it is told to', async () => {
    const rules = await rulesOf({}, mergeContributions([POLICY, { csp: { mode: 'enforce', directives: {} } }]));
    expect(header(rules, 'Content-Security-Policy')).toBe("default-src 'self'; script-src 'self'; frame-ancestors 'none'; upgrade-insecure-requests");
    expect(header(rules, 'Content-Security-Policy-Report-Only')).toBeUndefined();
  });

  it('sends no policy of its own beside one of the app', async () => {
    const rules = await rulesOf({ headers: async () => [{ source: '/:path*', headers: [{ key: 'content-security-policy', value: "default-src 'none'" }] }] });
    expect(JSON.stringify(rules).match(/content-security-policy/gi)).toHaveLength(1);
  });

  it("keeps its policy where the app has one for some pages only", async () => {
    const rules = await rulesOf({ headers: async () => [{ source: '/embed', headers: [{ key: 'Content-Security-Policy', value: 'frame-ancestors *' }] }] });
    expect(rules.map(({ source, headers }) => [source, headers.filter(({ key }) => key === 'Content-Security-Policy').length])).toContainEqual(['/:path*', 1]);
    expect(rules.at(-1)?.source).toBe('/embed');
  });

  it('throws at nothing that it does not understand', async () => {
    const wrap = withHardening();
    for (const odd of [null, 1, [], () => 'text', { headers: 'none', images: null, experimental: null }]) expect(() => wrap(odd)).not.toThrow();
    expect(await rulesOf({ headers: async () => 'rules' as never })).toBe('rules');
    expect(await rulesOf({ headers: async () => [{ source: '/a' }] as never })).toEqual([{ source: '/a' }]);
  });

  it('joins the packages with those of the app, and keeps its images', () => {
    const wrap = withHardening({ optimizePackageImports: ['radix-ui'], images: { formats: ['image/avif'] } });
    expect(wrap({ images: { formats: ['image/webp'], qualities: [50] }, experimental: { ppr: true, optimizePackageImports: ['icons', 'radix-ui'] } })).toMatchObject({
      images: { formats: ['image/webp'], qualities: [50] },
      experimental: { ppr: true, optimizePackageImports: ['icons', 'radix-ui'] },
    });
  });

  it('lets bodies through the proxy that Next would cut off, and leaves a size of the app', () => {
    const wrap = withHardening({ proxyBodySize: { option: 'proxyClientMaxBodySize', size: '100mb' }, optimizePackageImports: ['icons'] });
    expect(wrap({})).toMatchObject({ experimental: { proxyClientMaxBodySize: '100mb', optimizePackageImports: ['icons'] } });
    expect(wrap({ experimental: { proxyClientMaxBodySize: '20mb', ppr: true } })).toMatchObject({ experimental: { proxyClientMaxBodySize: '20mb', ppr: true } });
  });

  it('leaves development usable', async () => {
    vi.stubEnv('NODE_ENV', 'development');
    put('public/a.jpg');
    const rules = await rulesOf({});
    expect(header(rules, 'Strict-Transport-Security')).toBeUndefined();
    expect(header(rules, 'Cache-Control')).toBeUndefined();
    expect(header(rules, 'Content-Security-Policy-Report-Only')).toBe("default-src 'self'; script-src 'self' 'unsafe-eval'; frame-ancestors 'none'; connect-src 'self' ws:");
  });

  it('names the images that are there, and no path of the app', async () => {
    for (const file of ['logo.png', 'data.json', 'img/a.jpg', 'img/b c(1).webp', 'img/c@2x.png', 'img/ü.svg', 'a+b/c.ico', 'immutable/x.123.png', 'api/secret.png']) put(`public/${file}`);
    const rules = (await rulesOf({})).filter(({ headers }) => headers.some(({ key }) => key === 'Cache-Control'));
    expect(Object.fromEntries(rules.map(({ source, headers }) => [source, headers[0]?.value]))).toEqual({
      '/:file(logo\\.png)': 'public, max-age=3600',
      '/a\\+b/:file(c\\.ico)': 'public, max-age=3600',
      '/img/:file(a\\.jpg|b%20c\\(1\\)\\.webp|c\\@2x\\.png|%C3%BC\\.svg)': 'public, max-age=3600',
      '/immutable/:path*': 'public, max-age=31536000, immutable',
    });
  });

  it('keeps each rule short enough for Vercel, and says when there are too many images', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    for (let index = 0; index < 1005; index++) put(`public/a-rather-long-name-of-an-image-${index}.jpg`);
    const rules = await rulesOf({});
    expect(Math.max(...rules.map(({ source }) => source.length))).toBeLessThan(3000);
    expect(JSON.stringify(rules).match(/a-rather/g)).toHaveLength(1000);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('5 of them get no Cache-Control'));
  });

  it('covers what has no locale in an app with i18n', async () => {
    const rules = await rulesOf({ i18n: { locales: ['en'], defaultLocale: 'en' } });
    expect(rules.filter(({ source }) => source === '/:path*').map(({ locale }) => locale)).toEqual([undefined, false]);
  });

  it.each([
    ['plain', {}, ''],
    ['under a basePath', { basePath: '/docs' }, '/docs'],
    ['with i18n', { i18n: { locales: ['en', 'fr'], defaultLocale: 'en' } }, ''],
    ['with i18n under a basePath', { basePath: '/docs', i18n: { locales: ['en', 'fr'], defaultLocale: 'en' } }, '/docs'],
  ])('is matched by Next as it is meant: %s', async (_, more, base) => {
    vi.stubGlobal('AsyncLocalStorage', AsyncLocalStorage);
    const { unstable_getResponseFromNextConfig: respond } = createRequire(__filename)('next/experimental/testing/server');
    put('public/c@2x.png');
    put('public/img/my photo (1).jpg');
    const own = { source: '/en/own', locale: false, headers: [{ key: 'X-Content-Type-Options', value: 'own' }] };
    const nextConfig = withHardening()({ ...more, headers: async () => [own] });
    const seen = async (path: string, key: string) => (await respond({ url: `https://x${base}${path}`, nextConfig })).headers.get(key);

    for (const path of ['/', '/en', '/fr/a/b', '/api/x', '/_next/static/a.js']) expect(await seen(path, 'X-Content-Type-Options'), path).toBe('nosniff');
    expect(await seen('/en/own', 'X-Content-Type-Options')).toBe('own');
    expect(await seen('/immutable/a/b.js', 'Cache-Control')).toBe('public, max-age=31536000, immutable');
    for (const path of ['/c@2x.png', '/img/my%20photo%20(1).jpg']) expect(await seen(path, 'Cache-Control'), path).toBe('public, max-age=3600');
    for (const path of ['/', '/api/c@2x.png', '/other.png', '/img/c@2x.png', '/c@2xxpng']) expect(await seen(path, 'Cache-Control'), path).toBeNull();
  });

  it('has types for each kind of config, without those of Next', () => {
    withHardening();
    put('config.ts', `import { withHardening } from './hardening/next-config.cjs';
const object: { output?: 'standalone' | 'export' } = withHardening({ output: 'standalone' });
const called: Promise<{ env: Record<string, string> }> = withHardening(async (phase: string) => ({ env: { phase } as Record<string, string> }))('x');
const promise: Promise<{ a: number }> = withHardening(Promise.resolve({ a: 1 }));
// @ts-expect-error: what goes in comes out
const wrong: string = withHardening({ a: 1 });
export default withHardening([object, called, promise, wrong]);
`);
    const program = createProgram([join(app, 'config.ts')], {
      strict: true,
      noEmit: true,
      types: [],
      target: ScriptTarget.ES2022,
      module: ModuleKind.ESNext,
      moduleResolution: ModuleResolutionKind.Bundler,
    });
    expect(getPreEmitDiagnostics(program).map(({ messageText }) => messageText)).toEqual([]);
  });

  it('leaves headers alone in a static export', () => {
    expect(withHardening()({ output: 'export' })).not.toHaveProperty('headers');
  });
});
