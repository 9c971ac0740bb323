import { NextResponse } from 'next/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { renderRateLimitApp, type RateLimitApp } from '../../testing/rate-limit-app';
import { fetchEvent, loadRateLimit, requestTo, type WithRateLimit } from '../../testing/rate-limit-requests';
import { refusal, withFields, type Outcome } from './files/rate-limiter/answer';

const LIMITED = '/limited';
const OUTCOME: Outcome = { limit: { name: 'POST /x', limit: 10, window: 10_000, key: 'ip', onError: 'open' }, isAllowed: true, remaining: 3, wait: 2_001, isUnknown: false };
let app: RateLimitApp;
let withRateLimit: WithRateLimit;
beforeAll(async () => (app = await renderRateLimitApp({ trustedProxies: 1 })));
afterAll(() => app.remove());
beforeEach(async () => {
  vi.spyOn(console, 'warn').mockReturnValue();
  withRateLimit = (await loadRateLimit(app))([
    { path: '/free', limit: false },
    { path: '/:path*', limit: 1, window: '90 s' },
  ]);
});
afterEach(() => vi.restoreAllMocks());

/** A list with one member of RFC 9651: a string, with whole numbers as parameters. */
function parseField(value: string | null | undefined): { name: string; [parameter: string]: string | number } {
  const [, name, parameters] = /^"((?:[ !#-[\]-~]|\\["\\])*)"((?:;[a-z*][a-z0-9_.*-]*=-?\d{1,15})+)$/.exec(value ?? '') ?? [];
  if (name === undefined || parameters === undefined) throw new Error(`${value} is no structured field as it should be.`);
  return { name, ...Object.fromEntries(parameters.split(';').slice(1).map((one) => [one.split('=')[0], Number(one.split('=')[1])])) };
}

/** What is refused after a first call has been let through. */
async function refused(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  const proxy = withRateLimit();
  let response: Response | undefined;
  for (let call = 0; call < 2; call++) response = await proxy(requestTo(path, { 'x-forwarded-for': '192.0.2.1', ...headers }, method), fetchEvent());
  if (!response) throw new Error('It was not refused.');
  return response;
}

describe('who is over the limit gets', () => {
  const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

  it.each([
    ['/api/posts', { accept: HTML }, 'GET'],
    ['/api', { accept: HTML }, 'GET'],
    [LIMITED, { accept: 'application/json' }, 'GET'],
    [LIMITED, {}, 'GET'],
    [LIMITED, { accept: HTML }, 'POST'],
    [LIMITED, { accept: 'text/x-component', 'next-action': 'ab' }, 'POST'],
    [LIMITED, { accept: '*/*', rsc: '1' }, 'GET'],
  ])('problem details at %s with %o by %s', async (path, headers, method) => {
    const response = await refused(path, headers, method);
    expect(response.status).toBe(429);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({ type: 'https://iana.org/assignments/http-problem-types#quota-exceeded', title: 'Too many requests', status: 429, detail: 'Try again in 90 s.', 'violated-policies': ['/:path*'] });
  });

  it.each([LIMITED, '/', '/apis', '/api-reference'])('a page at %s in a browser', async (path) => {
    const response = await refused(path, { accept: HTML });
    expect(response.status).toBe(429);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toMatch(/^<!doctype html>[^]*<h1>Too many requests<\/h1>\s*<p>Please wait 90 seconds/);
  });

  it('the fields of the IETF, and is kept by no cache', async () => {
    const { headers } = await refused(LIMITED);
    expect(parseField(headers.get('ratelimit-policy'))).toEqual({ name: '/:path*', q: 1, w: 90 });
    expect(parseField(headers.get('ratelimit'))).toEqual({ name: '/:path*', r: 0, t: 90 });
    expect(headers.get('retry-after')).toBe('90');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it.each([[0, '1'], [1, '1'], [1_000, '1'], [1_001, '2']])('a wait of %i ms as %s s', (wait, seconds) => {
    const response = refusal(requestTo('/x'), { ...OUTCOME, isAllowed: false, remaining: 0, wait });
    expect(response.headers.get('retry-after')).toBe(seconds);
  });

  it('503 without fields where nobody could say', async () => {
    const response = refusal(requestTo('/api/x'), { ...OUTCOME, isAllowed: false, isUnknown: true, wait: 5_000 });
    expect([response.status, response.headers.get('retry-after'), response.headers.get('ratelimit'), response.headers.get('ratelimit-policy')]).toEqual([503, '5', null, null]);
    expect(await response.json()).toEqual({ type: 'about:blank', title: 'Not available for a moment', status: 503, detail: 'Try again in 5 s.' });
  });
});

describe('the answer of the handler', () => {
  const call = async (handler: unknown, path = LIMITED) => (await withRateLimit(handler)(requestTo(path, { 'x-forwarded-for': '192.0.2.1' }), fetchEvent()));
  const without = (headers: Headers | undefined) => [...(headers ?? [])].filter(([name]) => !name.startsWith('ratelimit'));
  const cookies = () => {
    const response = new NextResponse('made', { status: 201, headers: { 'x-own': '1', 'content-security-policy': "default-src 'self'" } });
    response.cookies.set('a', '1', { httpOnly: true, path: '/' });
    response.cookies.set('b', '2', { expires: new Date(0) });
    response.headers.append('set-cookie', 'c=3; Expires=Wed, 21 Oct 2026 07:28:00 GMT');
    return response;
  };
  const overridden = () => NextResponse.next({ request: { headers: new Headers({ 'x-nonce': 'abc' }) }, headers: { 'x-own': '1' } });

  it.each<[string, () => Response]>([
    ['with a status, headers and cookies', cookies],
    ['that goes on with other headers of the request', overridden],
    ['that is a redirect', () => NextResponse.redirect('http://web.example/login?next=%2Fx', 308)],
    ['that is a redirect as the platform makes it, which cannot be changed', () => Response.redirect('http://web.example/login', 303)],
    ['that is a rewrite', () => NextResponse.rewrite('http://web.example/de/x')],
    ['that is JSON', () => Response.json({ ok: true }, { status: 202, statusText: 'Later' })],
    ['without a body', () => new Response(null, { status: 204 })],
  ])('%s stays as it is, with the fields added', async (_, make) => {
    const [response, wanted] = [await call(async () => make()), make()];
    expect(without(response?.headers)).toEqual([...wanted.headers]);
    expect(response?.headers.getSetCookie()).toEqual(wanted.headers.getSetCookie());
    expect([response?.status, response?.statusText, await response?.text()]).toEqual([wanted.status, wanted.statusText, await wanted.text()]);
    expect(parseField(response?.headers.get('ratelimit-policy'))).toEqual({ name: '/:path*', q: 1, w: 90 });
    expect(parseField(response?.headers.get('ratelimit'))).toEqual({ name: '/:path*', r: 0, t: 90 });
  });

  it('of a backend that was fetched keeps its stream', async () => {
    const sent = new ReadableStream({ start: (controller) => void setTimeout(() => (controller.enqueue(new TextEncoder().encode('late')), controller.close()), 20) });
    const frozen = new Response(sent, { headers: { 'content-type': 'text/plain' } });
    vi.spyOn(frozen.headers, 'set').mockImplementation(() => {
      throw new TypeError('immutable');
    });
    const response = withFields(frozen, OUTCOME);
    expect([response.headers.get('content-type'), await response.text()]).toEqual(['text/plain', 'late']);
    expect(parseField(response.headers.get('ratelimit'))).toEqual({ name: 'POST /x', r: 3, t: 3 });
  });

  it.each([['nothing', () => undefined], ['null', () => null], ['nothing, later', async () => undefined]])('that is %s goes on, with the fields', async (_, handler) => {
    const response = await call(handler);
    expect(response?.headers.get('x-middleware-next')).toBe('1');
    expect(parseField(response?.headers.get('ratelimit'))).toEqual({ name: '/:path*', r: 0, t: 90 });
  });

  it('that is an error of the network stays one', () => {
    const error = Response.error();
    expect(withFields(error, OUTCOME)).toBe(error);
  });

  it('is not touched where nothing is limited', async () => {
    const response = cookies();
    expect(await call(() => response, '/free')).toBe(response);
    expect(response.headers.has('ratelimit')).toBe(false);
    expect(await call(() => undefined, '/free')).toBeUndefined();
  });

  it('that is an exception is an exception', async () => {
    await expect(call(() => Promise.reject(new Error('of the app')))).rejects.toThrow('of the app');
  });

  it('has no fields where nobody could say', () => {
    expect(withFields(undefined, { ...OUTCOME, isUnknown: true }).headers.has('ratelimit')).toBe(false);
  });
});
