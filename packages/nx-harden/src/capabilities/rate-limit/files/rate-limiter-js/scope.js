import { pathToRegexp } from 'path-to-regexp-6';

/** Next takes these off a request after its matcher has seen them, so here nobody can say whether they were there. */
const TAKEN = [
  'rsc',
  'next-router-state-tree',
  'next-router-prefetch',
  'next-hmr-refresh',
  'next-router-segment-prefetch',
];
/** Next adds these where they are missing, after its matcher has looked for them. */
const ADDED = ['x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto', 'x-forwarded-for'];
/** How a matcher is spelled that came for the limits alone, in whatever version. */
const ADDED_FOR_LIMITS = /:limited(?!\w)/;
/** Stands for what may be in front of a path: behind a base path or a locale, the root has no slash. */
const FRONT = '/-';

/**
 * Where the app's own handler runs: what its `config.matcher` says, without what was added for the limits. It may keep
 * people out, so where a proxy cannot know what Next's matcher saw, it runs. Read at the first request, since the config
 * mostly stands below the handler.
 */
export function ownScope(config) {
  let scope;
  return (request) => (scope ??= scopeOf(config().matcher))(request);
}

function scopeOf(matcher) {
  // Without a matcher, Next runs it everywhere.
  if (matcher === undefined) return () => true;
  const matchers = (Array.isArray(matcher) ? matcher : [matcher])
    .map((one) => (typeof one === 'string' ? { source: one } : one))
    .filter(({ source }) => !ADDED_FOR_LIMITS.test(source))
    .map(({ source, locale, has = [], missing = [] }) => ({
      pattern: patternOf(source),
      hasLocale: locale === false,
      // What cannot be seen counts as it lets the handler run: as there, or as missing.
      has: has.filter((one) => !isOneOf(TAKEN, one)),
      missing: missing.filter((one) => !isOneOf(ADDED, one)),
    }));
  return (request) =>
    matchers.some(
      ({ pattern, hasLocale, has, missing }) =>
        pathsOf(request, hasLocale).some((path) => pattern.test(path)) &&
        has.every((one) => holds(one, request)) &&
        !missing.some((one) => holds(one, request)),
    );
}

function isOneOf(names, { type, key = '' }) {
  return type === 'header' && names.indexOf(key.toLowerCase()) >= 0;
}

/** As Next builds it: the data of a page, and the forms in which it is fetched, are matched with the page. */
function patternOf(source) {
  const forms = '\\.json|\\.rsc|\\.segments/.+\\.segment\\.rsc';
  const end = source === '/' ? `(/?index|/?index(?:${forms}))?` : `{(${forms})}?`;
  try {
    // Next's matchers mind capital letters, path-to-regexp's do not unless they are told to.
    return pathToRegexp(`${FRONT}/:nextData(_next/data/[^/]{1,})?${source}${end}`, [], { sensitive: true });
  } catch {
    // Next mends some patterns first.
    return /^/;
  }
}

/** What Next's matcher may have seen: it is asked with the address as it stands and decoded. The router knows a locale for each, and only `locale: false` is to see it. */
function pathsOf({ nextUrl: { pathname, locale, basePath }, url }, hasLocale) {
  const paths = [pathname];
  // The end of a prefetched segment is taken off on the way.
  if (pathname.slice(-8) === '.segment') paths.push(`${pathname}.rsc`);
  // A base path in front of a locale that is not the default is not taken off, nor is the locale in data's own address.
  const isKept = /^\/_next\/data\//.test(pathname) || (!basePath && new URL(url).pathname.split('/')[1] === locale);
  const kept = locale && isKept ? new RegExp(`^.+?/${locale}(?:(/.*)|\\.json)?$`, 'i').exec(pathname) : null;
  if (kept) paths.push(kept[1] || '/');
  const seen = paths.map(
    (path) => FRONT + (hasLocale && locale ? `/${locale}` : '') + (path === '/' && (basePath || locale) ? '' : path),
  );
  return seen.concat(seen.map(decoded));
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function holds({ type, key = '', value }, request) {
  const actual = valueOf(type, key, request);
  if (!actual) return false;
  return !value || new RegExp(`^${value}$`).test(actual);
}

function valueOf(type, key, request) {
  switch (type) {
    case 'header':
      return request.headers.get(key);
    case 'cookie':
      return cookieOf(request.headers.get('cookie') ?? '', key);
    case 'query':
      return request.nextUrl.searchParams.getAll(key).slice(-1)[0];
    case 'host':
      return request.headers.get('host')?.split(':')[0]?.toLowerCase();
  }
}

/** The first of that name, as Next's matcher reads it; `request.cookies` has the last. */
function cookieOf(cookies, name) {
  for (const pair of cookies.split(';')) {
    const at = pair.indexOf('=');
    if (at < 0 || pair.slice(0, at).trim() !== name) continue;
    const value = pair.slice(at + 1).trim();
    return decoded(value.charAt(0) === '"' ? value.slice(1, -1) : value);
  }
  return undefined;
}
