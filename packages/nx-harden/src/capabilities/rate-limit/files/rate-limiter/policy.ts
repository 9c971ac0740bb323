/** One row of the table in `rate-limit`: how often one client may call what the row is for. */
export interface Policy {
  /** `/login` alone, `/api/:path*` with all below it, `/posts/:id/comments` with any one segment at that place. A locale in front does not matter. */
  path: string;
  /** A method, or several: `POST`, `['POST', 'PUT']`. Without it all; the preflight of a browser never counts. */
  method?: string | string[];
  /** Calls that one client has in the window; false is no limit. */
  limit: number | false;
  /** `10 s`, `5 m`, `1 h`. Any stretch of that length has no more than `limit` calls. */
  window?: string;
  /** Whose calls are counted together. `session` and `user` fall back to `ip` for who has none. */
  key?: 'ip' | 'session' | 'user';
  /** When nobody can say how often a client has called: `open` counts in this instance alone, `closed` refuses. */
  onError?: 'open' | 'closed';
}

/** A row as it is used. */
export interface Limit {
  name: string;
  /** Calls. */
  limit: number;
  /** Milliseconds. */
  window: number;
  key: 'ip' | 'session' | 'user';
  onError: 'open' | 'closed';
}

interface Row {
  pattern: RegExp;
  methods: string[] | undefined;
  limit: Limit | undefined;
}

const KEYS = ['ip', 'session', 'user'];
/** In ms; what is longer is a slip. */
const LONGEST_WINDOW = 366 * 86_400_000;
const UNITS: { [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** What is served as it lies there, and what Next makes of it, is never limited; what only looks like a file under /api is. */
const ASSET = /^\/(?:_next(?:\/|$)|(?!api\/)[^]*\.(?:ico|png|jpe?g|gif|webp|avif|svg|css|m?js|map|woff2?|ttf|otf|mp[34]|webm|m3u8|m4s|pdf|txt|xml|json|wasm|pbf|glb|gltf|webmanifest)$)/i;
/** `/de`, `/pt-BR`, `/zh-Hant-TW`, `/es-419`. */
const LOCALE = /^\/(?!api\/)[a-z]{2,3}([-_]([a-z]{2,4}|\d{3})){0,2}(?=\/)/i;

/** Returns what finds the limit for a request: that of the first row which matches. Throws one error for a row that makes no sense. */
export function policyFinder(policies: readonly Policy[]): (path: string, method: string) => Limit | undefined {
  const rows = policies.map(toRow);
  return (path, method) => {
    const address = normalPath(path);
    // A POST to the address of a file is none for a file: Next runs Server Functions at any address.
    if ((method === 'GET' || method === 'HEAD') && ASSET.test(address)) return undefined;
    const readings = readingsOf(path, address);
    let strictest: Limit | undefined;
    for (const { pattern, methods, limit } of rows) {
      if (methods && methods.indexOf(method) < 0) continue;
      // A locale in front makes a limit of an address no other, and opens none that is not there without it.
      if (!readings.some((one) => pattern.test(one) || (limit !== undefined && pattern.test(one.replace(LOCALE, ''))))) continue;
      if (readings.length === 1) return limit;
      // Free is only what is so however it is read.
      if (!limit && !strictest && readings.every((one) => pattern.test(one))) return undefined;
      if (limit && (!strictest || limit.limit * strictest.window < strictest.limit * limit.window)) strictest = limit;
    }
    return strictest;
  };
}

/**
 * All that an address can be to those who read it: a slash or a dot that is written in code is a part of its segment to
 * the router, and a way to somewhere else to a handler behind it. Where they differ, the strictest limit counts.
 */
function readingsOf(path: string, address: string): string[] {
  if (!/%2f|%5c|\.\./i.test(path) && address.indexOf('..') < 0) return [address];
  const resolved: string[] = [];
  for (const segment of address.replace(/\\/g, '/').split('/')) {
    if (segment === '..') resolved.pop();
    else if (segment !== '.' && segment !== '') resolved.push(segment);
  }
  return [address, normalPath(path.replace(/%2f/gi, '%252F')), `/${resolved.join('/')}`];
}

/** As the router reads it: decoded, without double slashes and without one at the end. */
export function normalPath(path: string): string {
  let decoded = path;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    // Next answers such an address by itself; it is looked up as it stands.
  }
  const single = decoded.replace(/\/{2,}/g, '/');
  return single.length > 1 ? single.replace(/\/$/, '') : single;
}

function toRow(policy: Policy): Row {
  const { path, method, limit, window = '', key = 'ip', onError = 'open' } = policy;
  const methods = method === undefined ? undefined : (typeof method === 'string' ? [method] : method).map((one) => one.toUpperCase());
  if (methods && !(methods.length > 0 && methods.every((one) => /^[A-Z]+$/.test(one)))) throw invalid(policy, 'method has to be one like "POST", or several');
  // An app in JavaScript learns of a slip only here.
  if (KEYS.indexOf(key) < 0) throw invalid(policy, "key has to be 'ip', 'session' or 'user'");
  if (onError !== 'open' && onError !== 'closed') throw invalid(policy, "onError has to be 'open' or 'closed'");
  const row = { pattern: patternOf(policy), methods };
  if (limit === false) return { ...row, limit: undefined };
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= 10_000)) throw invalid(policy, 'limit has to be a whole number from 1 to 10000, or false');
  // It goes into a header, which takes ASCII alone.
  const name = [methods ? methods.join(',') : '', encodeURI(normalPath(path))].filter(Boolean).join(' ');
  return { ...row, limit: { name, limit, window: milliseconds(policy, window), key, onError } };
}

function patternOf(policy: Policy): RegExp {
  if (!/^\/[^?#\s"\\]*$/.test(policy.path)) throw invalid(policy, 'a path begins with a slash and has no query');
  const source = normalPath(policy.path)
    .split('/')
    .slice(1)
    .map((segment) => {
      if (/^:\w+\*$/.test(segment)) return '(?:/[^]*)?';
      if (/^:\w+$/.test(segment)) return '/[^/]+';
      if (/^:|[*()[\]{}|]/.test(segment)) throw invalid(policy, 'a segment is a text, `:name` or `:name*`');
      return `/${segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
    })
    .join('');
  return new RegExp(`^${source}$`);
}

function milliseconds(policy: Policy, window: string): number {
  const [, amount, unit] = /^(\d+)\s*(ms|s|m|h|d)$/.exec(window) ?? [];
  const length = Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (!(length >= 1 && length <= LONGEST_WINDOW)) throw invalid(policy, 'window has to be written like "10 s", "5 m" or "1 h"');
  return length;
}

function invalid({ path }: Policy, why: string): Error {
  return new Error(`[rate-limit] The policy for "${path}": ${why}.`);
}
