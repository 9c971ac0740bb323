import { AsyncLocalStorage } from 'node:async_hooks';
import { array, assert, constantFrom, oneof, property, stringMatching, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notReached } from './proxy-reach';

// Next looks for it on the global object when its testing module is loaded.
Object.assign(globalThis, { AsyncLocalStorage });
const { unstable_doesMiddlewareMatch: doesMatch } = require('next/experimental/testing/server') as typeof import('next/experimental/testing/server');

/** Matchers as they are published: of the documentation of Next, Clerk, Auth.js, next-intl, Supabase, Payload, and of apps. */
const MATCHERS = [
  '/',
  '/:path*',
  '/(.*)',
  '/about/:path*',
  '/dashboard(.*)',
  '/api/:path*',
  '/api/(.*)',
  '/api/:function*',
  '/(api|trpc)(.*)',
  '/(de|en)/:path*',
  '/:locale(de|en)/:path*',
  '/((?!.*\\..*|_next).*)',
  '/((?!.+\\.[\\w]+$|_next).*)',
  '/((?!_next).*)',
  '/((?!_next/static|_next/image|favicon.ico).*)',
  '/((?!api|_next/static|_next/image|favicon.ico).*)',
  '/((?!api|_next/static|_next/image|favicon.ico|sitemap.xml|robots.txt).*)',
  '/((?!api|_next/static|_next/image|.*\\.png$).*)',
  '/((?!api|trpc|_next|_vercel|.*\\..*).*)',
  '/((?!_next/static|_next/image|favicon.ico|.*\\.(?:svg|png|jpg|jpeg|gif|webp)$).*)',
  '/((?!_next|[^?]*\\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|xlsx?|zip|webmanifest)).*)',
  '/((?!admin|api|_next|media).*)',
  '/([\\w-]+)?/users/(.+)',
  '/blog/:slug',
  '/blog/:slug?',
  '/docs/:path+',
  '/posts/:id(\\d{1,})',
  '/(login|sign-in|sign-up)',
  '/:user-:id',
  '/files/:name.:ext',
  '/a/(b|c)?',
  '/shop(-\\w+)*',
  '/Upper/:path*',
] as const;
const PATHS = ['/', '/index', '/index.json', '/about', '/about/', '/about/us', '/dashboard', '/dashboard/x', '/api', '/api/', '/api/users', '/api/users.json', '/API/users', '/trpc', '/en', '/de/impressum', '/login', '/sign-in/', '/_next/static/chunks/a.js', '/_next/image', '/_next/data/build/about.json', '/favicon.ico', '/logo.png', '/blog', '/blog/a', '/blog/a.rsc', '/blog.segments/a.segment.rsc', '/docs', '/docs/a/b', '/posts/1', '/posts/x', '/me-1', '/files/a.txt', '/upper/x', '/Upper/x', '/a', '/a/b', '/x/users/1', '/users/1', '/shop', '/shop-new', '/shop-new/-old'];

/** Next matches the percent-encoded pathname of an URL. */
const samplePaths = oneof(constantFrom(...PATHS), stringMatching(/^(\/[a-z0-9._-]{1,8}){1,4}\/?$/));
const literal = constantFrom('/a', '/users', '/api', '/en', '/x-y', '/Z');
const parameter = constantFrom('/:id', '/:path*', '/:path+', '/:slug?', '/:n(\\d+)', '/(.*)', '/(a|b)', '(.*)');
const made = tuple(literal, array(oneof(literal, parameter), { maxLength: 2 })).map(([first, rest]) => {
  // Next takes a name once in a source.
  const seen = new Set<string>();
  return first + rest.filter((part) => !seen.has(part) && seen.add(part)).join('');
});

const reaches = (sources: readonly string[], path: string) => notReached(sources.map((source) => ({ source, isConditional: false })), [path]).length === 0;

describe('what a matcher reaches', () => {
  it('is what Next says of published matchers', () => {
    for (const source of MATCHERS) {
      for (const path of PATHS) {
        const url = `https://example.com${path}`;
        expect(`${source} ${path} ${reaches([source], path)}`).toBe(`${source} ${path} ${doesMatch({ config: { matcher: [source] }, url })}`);
      }
    }
  });

  it('is what Next says of any matchers and any address', () => {
    assert(
      property(array(oneof(constantFrom(...MATCHERS), made), { minLength: 1, maxLength: 4 }), samplePaths, (sources, path) => {
        // An URL takes dots that stand for folders out of its path.
        const { href, pathname } = new URL(path, 'https://example.com');
        expect(reaches(sources, pathname)).toBe(doesMatch({ config: { matcher: sources }, url: href }));
      }),
      { numRuns: 2000 },
    );
  });

  it('has no address that only an entry with conditions covers, or one that Next refuses', () => {
    const samples = ['/api/users', '/login'];
    expect(notReached([{ source: '/:path*', isConditional: true }, { source: '/login', isConditional: false }], samples)).toEqual(['/api/users']);
    expect(notReached([{ source: 'api/:path*', isConditional: false }, { source: '/api/(', isConditional: false }, { source: `/${'a'.repeat(5000)}`, isConditional: false }], samples)).toEqual(samples);
    expect(notReached([], samples)).toEqual(samples);
  });
});
