import { cpSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtures } from '../../testing/fixtures';
import { renderRateLimitApp, type RateLimitApp } from '../../testing/rate-limit-app';
import { errorsOf, filesIn, NEXT, STRICTEST } from '../../testing/type-errors';

/** As an app calls it: with what the packages for middlewares export, and with what Next wants back. */
const USAGE = `import { NextResponse, type NextFetchEvent, type NextMiddleware, type NextRequest } from 'next/server';
import { createRateLimit, type Policy } from './hardening/rate-limiter/with-rate-limit';
import { withRateLimit } from './hardening/rate-limit';

declare const clerk: NextMiddleware;
declare const intl: (request: NextRequest) => NextResponse;
declare function auth(request: NextRequest, event: NextFetchEvent): Promise<Response | undefined>;
declare function auth(handler: (request: NextRequest) => void): (request: NextRequest) => void;

const policies: Policy[] = [{ path: '/x', method: ['GET', 'HEAD'], limit: 1, window: '1 s', key: 'user', onError: 'closed' }, { path: '/y', limit: false }];
const own = createRateLimit(policies, { identify: async (request) => request.cookies.get('a')?.value });

export const config = { matcher: ['/a', { source: '/b', missing: [{ type: 'header', key: 'x' }] }] };
export const limited: NextMiddleware[] = [
  withRateLimit(),
  withRateLimit(clerk, () => config),
  withRateLimit(intl),
  withRateLimit(auth),
  withRateLimit(() => undefined),
  withRateLimit(async (request: NextRequest) => NextResponse.redirect(new URL('/', request.url))),
  own(function named(request: NextRequest, event: NextFetchEvent) {
    event.waitUntil(Promise.resolve(request.url));
  }),
];
`;

let app: RateLimitApp;
beforeAll(async () => {
  app = await renderRateLimitApp({ trustedProxies: 1, lease: 5 });
  writeFileSync(join(app.dir, 'usage.ts'), USAGE);
});
afterAll(() => app.remove());

describe('what an app gets', { timeout: 120_000 }, () => {
  it.each<[string, ts.CompilerOptions]>([
    ['as create-next-app sets it up', {}],
    ['under all strict flags', STRICTEST],
    ['without strictness', { strict: false }],
    ['for ES2015', { target: ts.ScriptTarget.ES2015, lib: ['lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.es2017.d.ts'] }],
    ['with the libraries of ES2017 alone', { ...STRICTEST, lib: ['lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.es2017.d.ts'] }],
    ['for the newest', { ...STRICTEST, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.Preserve }],
    ['without the DOM', { ...STRICTEST, target: ts.ScriptTarget.ES2023, lib: ['lib.es2023.d.ts'] }],
  ])('has no error of types %s', (_, options) => {
    const files = filesIn(app.dir, '.ts');
    expect(files.map((file) => basename(file))).toEqual(expect.arrayContaining(['proxy.ts', 'rate-limit.ts', 'settings.ts', 'limiter.ts', 'usage.ts']));
    expect(errorsOf(app.dir, files, { ...NEXT, ...options })).toEqual([]);
  });

  it('is checked at all', () => {
    const copy = `${app.dir}/broken`;
    cpSync(join(app.dir, 'hardening'), join(copy, 'hardening'), { recursive: true });
    writeFileSync(join(copy, 'usage.ts'), USAGE.replace("onError: 'closed'", "onError: 'close'").replace('limit: false', 'limit: true'));
    expect(errorsOf(copy, [join(copy, 'usage.ts')], NEXT)).toEqual([expect.stringMatching(/^usage\.ts:\d+: Type '"close"' is not assignable/), expect.stringMatching(/^usage\.ts:\d+: Type 'true' is not assignable/)]);
  });

  it('has no syntax that is newer than what it is compiled to, in JavaScript', async () => {
    const plain = await renderRateLimitApp({}, fixtures.find(({ name }) => name.includes('JavaScript')));
    try {
      const files = filesIn(plain.dir, '.js');
      expect(files.length).toBeGreaterThan(10);
      expect(errorsOf(plain.dir, files, { ...NEXT, allowJs: true, strict: false })).toEqual([]);
    } finally {
      plain.remove();
    }
  });
});
