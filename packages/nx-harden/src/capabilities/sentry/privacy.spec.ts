import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeHardenedApp, type HardenedApp } from '../../testing/hardened-app';

let app: HardenedApp;
let withoutQuery: <Value>(value: Value) => Value;
beforeAll(async () => {
  app = await writeHardenedApp({ 'tsconfig.json': '{}\n', 'app/layout.tsx': 'export default function L() {\n  return <html><body /></html>;\n}\n' }, [{ id: 'sentry', options: {} }]);
  ({ withoutQuery } = (await import(join(app.dir, 'hardening/sentry-query.ts'))) as { withoutQuery: typeof withoutQuery });
});
afterAll(() => app.remove());

describe('what is sent', () => {
  it.each([
    ['https://x.de/find?q=Doe,John&email=o\'brien@x.de', 'https://x.de/find'],
    ['https://x.de/find?filter=(email:bob@x.de)&token=s3cret', 'https://x.de/find'],
    ['/find?secret', '/find'],
    ['/reset#access_token=abc', '/reset'],
    ['search?token=abc', 'search'],
    ['?token=abc', ''],
    ['file.pdf?X-Amz-Signature=abc&b=c', 'file.pdf'],
    ['Failed to fetch https://x.de/a?token=abc after 3 s', 'Failed to fetch https://x.de/a after 3 s'],
    ['GET "/a?token=abc" failed', 'GET "/a failed'],
  ])('has %s without its query', (given, wanted) => {
    expect(withoutQuery(given)).toBe(wanted);
  });

  it.each([
    'Did you mean /users? There is no /user',
    'and/or? C:\\app\\a#b.ts:10:3',
    'Minified React error #418; visit https://react.dev/errors/418?args[]=HTML&args[]= for the full message',
    'https://react.dev/errors/418?args[]=HTML',
    'a ? b : c',
    '',
  ])('has %s as it is', (text) => {
    expect(withoutQuery(text)).toBe(text);
  });

  it('is a copy: what the app works with stays', () => {
    const config = Object.freeze({ api: 'https://x.de/v1?key=1', list: Object.freeze(['/a?b=1']) });
    const event = { extra: { config }, request: { url: '/a?b=c', query_string: 'b=c' }, attributes: { 'url.query': 'b=c' } };
    expect(withoutQuery(event)).toEqual({ extra: { config: { api: 'https://x.de/v1', list: ['/a'] } }, request: { url: '/a' }, attributes: {} });
    expect(config.api).toBe('https://x.de/v1?key=1');
    expect(event.request.query_string).toBe('b=c');
  });

  it('keeps what files and source maps are found by, and instances', () => {
    const date = new Date();
    const event = { exception: { values: [{ value: '/a?b=c', stacktrace: { frames: [{ filename: '/a.js?dpl=1' }] } }] }, debug_meta: { images: [{ code_file: '/a.js?dpl=1' }] }, date };
    expect(withoutQuery(event)).toEqual({ ...event, exception: { values: [{ ...event.exception.values[0], value: '/a' }] } });
    expect(withoutQuery(event).date).toBe(date);
  });

  it('is ready in no time, whatever comes: cycles, the same thing many times, long texts', () => {
    const around: Record<string, unknown> = { url: '/a?b=c' };
    for (let index = 0; index < 50; index++) around[`self${index}`] = around;
    const started = performance.now();
    const cleaned = withoutQuery(around);
    expect(cleaned['self0']).toBe(cleaned);
    expect(cleaned['url']).toBe('/a');
    for (const text of ['/'.repeat(200_000), 'a/'.repeat(100_000), '?'.repeat(200_000), '?a'.repeat(100_000), `data:image/png;base64,${'QUJD/'.repeat(100_000)}`, ' #a'.repeat(70_000)]) withoutQuery(`x ${text}`);
    // Quadratic, each of them took seconds.
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
