import { array, assert, boolean, constantFrom, dictionary, oneof, option, property, record, subarray, tuple } from 'fast-check';
import { NextRequest } from 'next/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { asksProxy, type AskedRequest, type MatcherEntry } from '../../testing/next-router';
import { renderRateLimitApp, type RateLimitApp } from '../../testing/rate-limit-app';
import { fetchEvent, loadRateLimit, requestTo, type WithRateLimit } from '../../testing/rate-limit-requests';
import { ownScope } from './files/rate-limiter/scope';
import { LIMIT_MATCHERS } from './matchers';

const ADDED = [...new Set(LIMIT_MATCHERS.map(({ source }) => source))];
const OURS = LIMIT_MATCHERS.map(({ source, has }) => (has ? { source, has: [...has] } : source));
/** What Next takes off a request before a proxy gets it. */
const TAKEN = ['rsc', 'next-router-prefetch', 'Next-Router-State-Tree', 'next-router-segment-prefetch', 'next-hmr-refresh'];

const sources = constantFrom('/', '/:path*', '/about', '/about/:path*', '/dashboard(.*)', '/api', '/api/(.*)', '/(de|en)/:path*', '/((?!api|_next/static|.*\\.png$).*)', '/((?!_next).*)', '/((?!docs|%64ocs).*)', '/blog/:slug', '/blog/:slug?', '/docs/:path+', '/docs/internal/:path*', '/%C3%BC', '/posts/:id(\\d{1,})', '/Upper/:path*', '/a.b', '/(login|sign-in)');
const patterns = option(constantFrom('', 'prefetch', 'x|y', '(?<id>\\d+)', '.*'), { nil: undefined });
const conditionOn = (...keys: string[]) => tuple(constantFrom('header', 'cookie', 'query'), constantFrom(...keys), patterns).map(([type, key, value]) => ({ type, key, ...(value !== undefined && { value }) }));
const condition = conditionOn('next-action', 'purpose', 'a');
const host = constantFrom('web.example', '(.*)\\.example', 'admin.example').map((value) => ({ type: 'host', value }));
const entriesWith = (conditions: typeof condition) =>
  array(oneof(sources, record({ source: sources, has: array(oneof(conditions, host), { maxLength: 2 }), missing: array(conditions, { maxLength: 2 }) }, { requiredKeys: ['source'] })), { minLength: 1, maxLength: 4 });
const entries = entriesWith(condition);

const segments = constantFrom('', 'about', '%61bout', 'About', 'about.json', 'about.segments/_tree.segment.rsc', 'dashboard', 'dashboardx', 'api', '%61pi/x', 'api/a.png', 'de', 'de/x', '_next/static/a.js', '_next/data/build/about.json', '_next/data/build/docs/%69nternal.json', 'logo.png', 'blog/a', 'blog/a/b', '%C3%BC', 'docs', 'docs/%69nternal', 'docs/internal%2Fplan', 'docs%2Finternal', 'd%6fcs/internal/a.b', '%2564ocs/a', 'posts/1', 'posts/%31', 'posts/x', 'Upper/a', 'upper/a', 'a.b', 'a%2Eb', 'axb', 'login', 'l%6Fgin/', 'monitoring', '%', 'index');
const values = dictionary(constantFrom('next-action', 'purpose', 'a'), constantFrom('', 'prefetch', 'x', 'y', '12', '%78'), { maxKeys: 3 });
const asked = record({ path: segments.map((path) => `/${path}`), host: constantFrom('web.example', 'WEB.example:3000', 'shop.example'), headers: values, cookies: array(values, { maxLength: 2 }), query: values }).map(({ path, host: name, headers, cookies, query }) => {
  const cookie = cookies.flatMap((one) => Object.entries(one).map(([key, value]) => `${key}=${value === 'x' ? '"x"' : value}`)).join('; ');
  const search = new URLSearchParams(query).toString();
  return { path: search === '' ? path : `${path}?${search}`, headers: { host: name, ...headers, ...(cookie && { cookie }) } };
});

/** The request as Next hands it to a proxy: without the end that tells a payload from its page, and without what it takes off. */
function handedOver({ path, headers }: AskedRequest): NextRequest {
  const [pathname = '', ...search] = path.split('?');
  const request = new NextRequest(`http://web.example${[pathname.replace(/\.rsc$/, ''), ...search].join('?')}`, { headers });
  for (const name of TAKEN) request.headers.delete(name);
  return request;
}

const runs = (matcher: unknown, request: AskedRequest): boolean => ownScope(() => ({ matcher }))(handedOver(request));

describe("a handler's own scope", () => {
  it('is what Next makes of its matchers, without those of the limits', () => {
    assert(
      property(entries, asked, (matcher, request) => {
        expect(runs([...matcher, ...OURS], request), JSON.stringify(matcher)).toBe(asksProxy(matcher as MatcherEntry[], request));
      }),
      { numRuns: 3000 },
    );
  });

  it('has a matcher that somebody adds later, wherever it stands', () => {
    assert(
      property(subarray(OURS), entries, asked, boolean(), (ours, matcher, request, isFirst) => {
        expect(runs(isFirst ? [...ours, ...matcher] : [...matcher, ...ours], request)).toBe(runs(matcher, request));
      }),
    );
  });

  it('leaves out no request for what a proxy cannot see: headers that Next takes off, and those that it adds', () => {
    const unseen = conditionOn('a', ...TAKEN, 'x-forwarded-host', 'x-forwarded-proto').filter(({ type }) => type === 'header') as typeof condition;
    const sent = dictionary(constantFrom('a', ...TAKEN.map((name) => name.toLowerCase())), constantFrom('1', 'x', 'prefetch'), { maxKeys: 3 });
    assert(
      property(entriesWith(unseen), asked, sent, (matcher, { path, headers }, more) => {
        const request = { path, headers: { ...headers, ...more } };
        const added = { 'x-forwarded-host': 'web.example', 'x-forwarded-proto': 'http' };
        if (asksProxy(matcher as MatcherEntry[], request)) expect(runs(matcher, { path, headers: { ...added, ...request.headers } }), JSON.stringify(matcher)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[string, Record<string, unknown>, boolean]>([
    ['is everywhere without a matcher, as Next has it', {}, true],
    ['is nowhere where only the limits are left', { matcher: OURS }, false],
    ['is what a single string says', { matcher: '/api/x' }, true],
    ['is what a single string says of others', { matcher: '/about' }, false],
    ['has nothing of an entry of ours that somebody has narrowed', { matcher: [{ source: ADDED[0], missing: [{ type: 'header', key: 'x' }] }] }, false],
    ['is everywhere for a pattern that cannot be read here', { matcher: '/a(.*)*' }, true],
  ])('%s', (_, config, wanted) => expect(ownScope(() => config)(requestTo('/api/x'))).toBe(wanted));
});

describe("a handler's own scope, with a base path and locales", () => {
  const i18n = { locales: ['en', 'de', 'pt-BR'], defaultLocale: 'en' };
  const [plain, based] = [{ i18n }, { i18n, basePath: '/shop' }];
  const tried: MatcherEntry[] = ['/old', '/', '/api/(.*)', '/((?!api).*)', { source: '/de/old', locale: false }, { source: '/en', locale: false }, { source: '/:locale/old', locale: false }];
  afterEach(() => vi.unstubAllEnvs());

  // What the router matches, and the address that a proxy gets of it, as Next's server was seen to do it.
  it.each<[object, string, string]>([
    [plain, '/en', '/'],
    [plain, '/en/old', '/old'],
    [plain, '/en/o%6cd', '/o%6cd'],
    [plain, '/de', '/de'],
    [plain, '/de/old', '/de/old'],
    [plain, '/PT-br/old', '/pt-BR/old'],
    [plain, '/en/xx/old', '/xx/old'],
    [plain, '/_next/data/build/de/old.json', '/de/old'],
    [plain, '/_next/data/other/en/old.json', '/_next/data/other/en/old.json'],
    [plain, '/en/api/x', '/api/x'],
    [based, '/shop/en', '/shop'],
    [based, '/shop/en/old', '/shop/old'],
    [based, '/shop/de', '/de/shop/de'],
    [based, '/shop/de/old', '/de/shop/de/old'],
    [based, '/shop/PT-br/old', '/pt-BR/shop/PT-br/old'],
    [based, '/shop/_next/data/build/de/old.json', '/de/shop/de/old'],
    [based, '/shop/_next/data/other/en/old.json', '/shop/_next/data/other/en/old.json'],
  ])('%j: is what it was for %s', (nextConfig, path, handed) => {
    for (const matcher of tried) {
      const request = new NextRequest(`http://web.example${handed}`, { nextConfig });
      const isRunning = ownScope(() => ({ matcher }))(request);
      if (asksProxy([matcher], { path, headers: {} }, nextConfig)) expect(isRunning, JSON.stringify(matcher)).toBe(true);
      // Where the base path is still in the address that a proxy gets, it may run for too much.
      else if (!/^\/[^/]+\/shop/.test(handed)) expect(isRunning, JSON.stringify(matcher)).toBe(false);
    }
  });

  it.each([
    [plain, '/_next/data/build/en/old.json'],
    [plain, '/_next/data/build/en.json'],
    [based, '/shop/_next/data/build/en/old.json'],
    [based, '/shop/_next/data/build/pt-BR/old.json'],
    [based, '/shop/de/old'],
  ])('%j: nor for %s where Next does not normalize addresses', (nextConfig, path) => {
    vi.stubEnv('__NEXT_NO_MIDDLEWARE_URL_NORMALIZE', '1');
    for (const matcher of tried) {
      const request = new NextRequest(`http://web.example${path}`, { nextConfig });
      if (asksProxy([matcher], { path, headers: {} }, nextConfig)) expect(ownScope(() => ({ matcher: [matcher] }))(request), JSON.stringify(matcher)).toBe(true);
    }
  });
});

describe('what the limiter calls', () => {
  let app: RateLimitApp;
  let withRateLimit: WithRateLimit;
  beforeAll(async () => (app = await renderRateLimitApp({ trustedProxies: 1 })));
  afterAll(() => app.remove());
  beforeEach(async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    withRateLimit = (await loadRateLimit(app))([{ path: '/api/:path*', limit: 2, window: '1 h' }]);
  });

  it('is the handler where it was before, and the limits where they were added', async () => {
    const handler = vi.fn(() => new Response('own'));
    // Declared below, as in a file.
    const proxy = withRateLimit(handler, () => config);
    const config = { matcher: ['/dashboard/:path*', ...OURS] };
    const call = (path: string) => proxy(requestTo(path, { 'x-forwarded-for': '192.0.2.1' }), fetchEvent());
    expect(await (await call('/dashboard/x'))?.text()).toBe('own');
    expect(await call('/other')).toBeUndefined();
    expect([(await call('/api/a'))?.status, (await call('/api/b'))?.status, (await call('/api/c'))?.status]).toEqual([200, 200, 429]);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('is called with the request and the event, once, and not for whom is refused', async () => {
    const handler = vi.fn();
    const proxy = withRateLimit(handler);
    const [request, event] = [requestTo('/api/a', { 'x-forwarded-for': '192.0.2.2' }), fetchEvent()];
    await proxy(request, event);
    expect(handler.mock.calls).toEqual([[request, event]]);
    expect(handler.mock.calls[0]?.[0]).toBe(request);
    expect(handler.mock.calls[0]?.[1]).toBe(event);
    for (let call = 0; call < 3; call++) await proxy(requestTo('/api/a', { 'x-forwarded-for': '192.0.2.2' }), fetchEvent());
    expect(handler).toHaveBeenCalledTimes(2);
  });
});
