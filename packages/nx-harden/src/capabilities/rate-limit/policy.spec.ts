import { AsyncLocalStorage } from 'node:async_hooks';
import { array, assert, boolean, constantFrom, integer, nat, oneof, option, property, record, tuple, uniqueArray, type Arbitrary } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderRateLimitApp, type RateLimitApp } from '../../testing/rate-limit-app';
import { normalPath, policyFinder, type Policy } from './files/rate-limiter/policy';
import { LIMIT_MATCHERS } from './matchers';

// Next looks for it on the global object when its testing module is loaded.
Object.assign(globalThis, { AsyncLocalStorage });
const { unstable_doesMiddlewareMatch: doesMatch } = require('next/experimental/testing/server') as typeof import('next/experimental/testing/server');

const EXTENSIONS = ['ico', 'png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'svg', 'css', 'js', 'mjs', 'map', 'woff', 'woff2', 'ttf', 'otf', 'mp3', 'mp4', 'webm', 'm3u8', 'm4s', 'pdf', 'txt', 'xml', 'json', 'wasm', 'pbf', 'glb', 'gltf', 'webmanifest'];

/** Segments of a row, compared one by one: the model knows no regular expression for the path. */
function isMatch(row: readonly string[], path: readonly string[]): boolean {
  const [wanted, ...rows] = row;
  if (wanted === undefined) return path.length === 0;
  if (wanted.startsWith(':') && wanted.endsWith('*')) return Array.from({ length: path.length + 1 }, (_, count) => count).some((count) => isMatch(rows, path.slice(count)));
  const [segment, ...segments] = path;
  return segment !== undefined && (wanted.startsWith(':') || wanted === segment) && isMatch(rows, segments);
}

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** All that a path may stand for: a router decodes segments, a proxy in front of it may have decoded all; a locale in front is none for what is free. */
function readingsOf(path: string, isFree: boolean): string[][] {
  const whole = decode(path);
  const readings = whole === undefined ? [segmentsOf(path)] : [segmentsOf(whole), segmentsOf(path).map((segment) => segment.split(/%2f/i).map(decodeURIComponent).join('%2F'))];
  const isLocale = (segment = ''): boolean => segment.length >= 2 && /^[a-z]{2}$/.test(segment.slice(0, 2)) && (segment.length === 2 || /^-[A-Za-z]{2,4}$/.test(segment.slice(2)));
  return readings.flatMap((one) => (!isFree && one.length > 1 && isLocale(one[0]) ? [one, one.slice(1)] : [one]));
}

function isAsset(path: string): boolean {
  const address = segmentsOf((decode(path) ?? path).toLowerCase());
  if (address[0] === '_next') return true;
  const last = address.at(-1) ?? '';
  return !(address.length > 1 && address[0] === 'api') && last.includes('.') && EXTENSIONS.includes(last.split('.').at(-1) ?? '');
}

const literal = constantFrom('api', 'login', 'posts', 'a', 'b', 'en', 'de-AT', 'x.png', 'a+b', 'Login', 'über', 'c+$^', 'v1.0');
const rowSegment = oneof(literal, literal, constantFrom(':id', ':path*'));
const method = constantFrom('GET', 'HEAD', 'POST', 'DELETE');
/** A POST to the address of a file may be a Server Function. */
const isFile = (path: string, called: string): boolean => ['GET', 'HEAD'].includes(called) && isAsset(path);
interface Row {
  segments: string[];
  methods: string[] | undefined;
  isFree: boolean;
}
const row: Arbitrary<Row> = record({ segments: array(rowSegment, { maxLength: 4 }), methods: option(uniqueArray(method, { minLength: 1 }), { nil: undefined }), isFree: boolean() });

/** What counts in a table whose limits are the places of their rows, from 1: the first row, or where the path may be read in two ways, the strictest. */
function limitOf(rows: readonly Row[], path: string, called: string): number | undefined {
  const isAmbiguous = /%2f/i.test(path);
  let strictest: number | undefined;
  for (const [index, { segments, methods, isFree }] of rows.entries()) {
    const matches = readingsOf(path, isFree).map((reading) => isMatch(segments, reading));
    if (!(methods?.includes(called) ?? true) || !matches.includes(true)) continue;
    if (!isAmbiguous) return isFree ? undefined : index + 1;
    if (isFree && strictest === undefined && !matches.includes(false)) return undefined;
    if (!isFree) strictest ??= index + 1;
  }
  return strictest;
}

/** A segment as a client may write it, with letters that are encoded though they need not be. */
const written = (segments: Arbitrary<string>): Arbitrary<string> =>
  tuple(segments, option(nat(11), { nil: undefined, freq: 3 })).map(([segment, at]) => {
    const letters = Array.from(segment, (letter, index) => (index === at ? Array.from(Buffer.from(letter), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('') : encodeURIComponent(letter)));
    return letters.join('');
  });
const odd = constantFrom('a%2Fb', 'api%2flogin', 'x%0ay', '%E0%A4', 'login%2f', '%2561', '_next', 'me.pdf', '.well-known');
const requested = tuple(array(tuple(constantFrom('/', '/', '/', '//'), oneof({ weight: 6, arbitrary: written(literal) }, { weight: 1, arbitrary: odd })), { maxLength: 5 }), constantFrom('', '', '/', '//')).map(([parts, end]) => parts.map((part) => part.join('')).join('') + end || '/');

const toPolicy = ({ segments, methods, isFree }: Row, index: number): Policy => ({
  path: `/${segments.join('/')}`,
  ...(methods && { method: methods.length === 1 ? (methods[0] ?? '').toLowerCase() : methods }),
  ...(isFree ? { limit: false } : { limit: index + 1, window: '10 s' }),
});

describe('the first row that matches', () => {
  it('counts, whatever the table, the path and the way it is written', () => {
    assert(
      property(array(row, { maxLength: 6 }), requested, method, (rows, path, called) => {
        expect(policyFinder(rows.map(toPolicy))(path, called)?.limit).toBe(isFile(path, called) ? undefined : limitOf(rows, path, called));
      }),
      { numRuns: 4000, examples: [[[{ segments: ['api', ':path*'], methods: undefined, isFree: false }], '/api/a%0Ab', 'GET'], [[{ segments: ['posts', ':id'], methods: undefined, isFree: false }], '/posts/a%2Fb', 'GET']] },
    );
  });

  it.each([
    ['/api/x.png', 'api'],
    ['/api/a%0Ab', 'api'],
    ['/en/api/hello', 'api'],
    ['/%61pi//hello/', 'api'],
    ['/x.png', undefined],
    ['/_next/static/a', undefined],
    ['/apis', 'page'],
    ['/x.PNG', undefined],
    ['/x.png.html', 'page'],
  ])('is for %s the one of %s', (path, name) => {
    const find = policyFinder([{ path: '/api/:path*', limit: 1, window: '1 s' }, { path: '/:path*', limit: 2, window: '1 s' }]);
    expect(find(path, 'GET')?.limit).toBe(name && { api: 1, page: 2 }[name]);
  });

  it('has a name that says which it is, and that a header can hold', () => {
    const find = policyFinder([{ path: '/über/日本/', method: ['post', 'PUT'], limit: 1, window: '90 s' }]);
    expect(find('/%C3%BCber/日本', 'PUT')).toEqual({ name: 'POST,PUT /%C3%BCber/%E6%97%A5%E6%9C%AC', limit: 1, window: 90_000, key: 'ip', onError: 'open' });
  });

  it('is found as the router reads the path', () => {
    expect(['/', '//', '/a//b/', '/%61/b', '/a%', '/a/%2e'].map(normalPath)).toEqual(['/', '/', '/a/b', '/a/b', '/a%', '/a/.']);
  });
});

it.each([
  ['a window without a unit', { window: '10' }, 'window has to be written like "10 s", "5 m" or "1 h"'],
  ['no window', { window: undefined }, 'window has to be'],
  ['a window of nothing', { window: '0 s' }, 'window has to be'],
  ['a window of centuries', { window: '99999999 d' }, 'window has to be'],
  ['a limit of nothing', { limit: 0 }, 'limit has to be a whole number from 1 to 10000, or false'],
  ['a half limit', { limit: 1.5 }, 'limit has to be'],
  ['a limit in words', { limit: '10' as unknown as number }, 'limit has to be'],
  ['a limit without end', { limit: 10_001 }, 'limit has to be'],
  ['a relative path', { path: 'api' }, 'a path begins with a slash and has no query'],
  ['a query', { path: '/api?x=1' }, 'a path begins with a slash'],
  ['a quote', { path: '/a"b' }, 'a path begins with a slash'],
  ['a pattern that is none', { path: '/api/*' }, 'a segment is a text, `:name` or `:name*`'],
  ['a regular expression', { path: '/(api|trpc)' }, 'a segment is a text'],
  ['a modifier that there is not', { path: '/api/:path+' }, 'a segment is a text'],
  ['a folder of the App Router', { path: '/posts/[id]' }, 'a segment is a text'],
  ['no method', { method: [] }, 'method has to be one like "POST", or several'],
  ['an impossible method', { method: 'POST, PUT' }, 'method has to be'],
  ['a key that there is not', { key: 'email' as 'ip' }, "key has to be 'ip', 'session' or 'user'"],
  ['a misspelt onError', { onError: 'close' as 'open' }, "onError has to be 'open' or 'closed'"],
])('refuses %s, and says which row and why', (_, part, why) => {
  const given: Policy = { path: '/x', limit: 1, window: '1 s', ...part };
  expect(() => policyFinder([{ path: '/', limit: false }, given])).toThrow(`[rate-limit] The policy for "${given.path}": ${why}`);
});

describe('the matchers that come with the limits', () => {
  let app: RateLimitApp;
  let policies: Policy[];
  beforeAll(async () => {
    app = await renderRateLimitApp();
    ({ policies } = (await import(`${app.dir}/hardening/rate-limit.ts`)) as { policies: Policy[] });
  });
  afterAll(() => app.remove());

  const config = { matcher: LIMIT_MATCHERS.map((one) => ({ ...one, samples: undefined })) };
  const first = constantFrom('api', 'login', 'posts', 'en', 'monitoring', 'monitorings', 'apis', 'trpc', '_next', '_nextx', 'x.png', 'robots.txt', 'api.js', 'signup', 'image.PNG', 'über');
  const rest = oneof(written(constantFrom('hello', 'signin', 'health', 'file.pdf', 'x.png', 'a.b', 'static', 'webhooks', 'login')), constantFrom('%0A', 'a%2Fb.css', 'x%2Epng'));
  const address = tuple(first.map(encodeURIComponent), array(rest, { maxLength: 3 }), constantFrom('', '/')).map(([head, tail, end]) => `/${[head, ...tail].join('/')}${end}`);

  it('let through whatever a policy limits', () => {
    const find = policyFinder(policies);
    assert(
      property(address, method, (path, called) => {
        if (!isAsset(path) && find(path, called)) expect(doesMatch({ config, url: path }), path).toBe(true);
      }),
      { numRuns: 3000, examples: [['/', 'GET'], ['/api', 'GET'], ['/api/x.png', 'GET'], ['/monitoring/x', 'GET']] },
    );
  });

  it('let a Server Function through wherever it is called, by its header or as a form', () => {
    const find = policyFinder(policies);
    assert(
      property(address, constantFrom({ 'next-action': 'ab' }, { 'content-type': 'multipart/form-data; boundary=x' }, { 'content-type': 'application/x-www-form-urlencoded' }), (path, headers) => {
        if (find(path, 'POST')) expect(doesMatch({ config, url: path, headers }), path).toBe(true);
      }),
      { numRuns: 2000, examples: [['/logo.png', { 'next-action': 'ab' }], ['/_next/x', { 'next-action': 'ab' }]] },
    );
  });

  it('let no file through, nor what Next makes', () => {
    assert(
      property(tuple(constantFrom('', '/images', '/en', '/a.b', '/monitoring'), integer({ min: 0, max: 9 }), constantFrom(...EXTENSIONS)), ([folder, name, extension]) => {
        expect(doesMatch({ config, url: `${folder}/${name}.${extension}` })).toBe(false);
        expect(doesMatch({ config, url: `/_next/static${folder}/${name}.${extension}` })).toBe(false);
      }),
    );
  });

  it('let the tunnel to Sentry and its like alone', () => {
    expect(doesMatch({ config, url: '/monitoring?o=1&p=2' })).toBe(false);
  });
});
