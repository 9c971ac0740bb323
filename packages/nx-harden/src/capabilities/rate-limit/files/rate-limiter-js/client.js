import { isDue } from './notices';

/** Whose calls are counted together. */

/** Who is signed in, as the app has verified it; undefined for nobody. */

const SESSION_COOKIE =
  /^(__Secure-|__Host-)?((next-auth|authjs|better-auth)\.session[-_]token(\.0)?|__session|payload-token|sb-[\w-]+-auth-token(\.0)?|session|connect\.sid)$/;
/** Without zeros in front, which some read as octal. */
const IPV4 = /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
/** The longest text of an IPv6 address with brackets, zone and port; what is longer is none. */
const LONGEST_ADDRESS = 80;

/** Whose call it is, as far as that is vouched for. */
export async function clientOf(request, { key, onError }, trustedProxies, identify) {
  if (key === 'user') {
    const user = await userOf(request, identify);
    if (user) return { kind: 'user', id: await digest(user) };
  }
  const address = addressOf(request.headers, trustedProxies);
  const behind = address === undefined ? unknownClient(request.headers, onError) : { kind: 'ip', id: address };
  const cookie =
    key === 'session' ? request.cookies.getAll().filter(({ name }) => SESSION_COOKIE.test(name))[0] : undefined;
  return cookie?.value ? { kind: 'session', id: await digest(cookie.value), behind } : behind;
}

/** Whoever cannot be told is counted by address: the limits must not end a request that the app would have answered. */
async function userOf(request, identify) {
  try {
    return await identify?.(request);
  } catch {
    if (isDue('identify'))
      console.warn(
        '[rate-limit] `identify` failed, so that its callers are counted by their address. Said at most once a minute.',
      );
    return undefined;
  }
}

/**
 * The client's address: on Vercel as Vercel says it, which overwrites what a client sends. Elsewhere each proxy adds
 * what it saw at the right end of X-Forwarded-For, so that only as many entries are believed as there are proxies.
 */
export function addressOf(headers, trustedProxies) {
  const { VERCEL, NODE_ENV } = process.env;
  if (VERCEL) return normalAddress(headers.get('x-real-ip') || headers.get('x-vercel-forwarded-for') || '');
  const forwarded = headers.get('x-forwarded-for') ?? '';
  // Here it is Next itself that writes it.
  const hops = trustedProxies === 0 && NODE_ENV === 'development' ? 1 : trustedProxies;
  if (hops === 0) return undefined;
  const entries = forwarded.split(',');
  return normalAddress(entries[entries.length - hops] ?? '');
}

/** One text for one client, however its address is written; an IPv6 network (/64) is one client. Undefined for what is no address. */
export function normalAddress(given) {
  const text = given.length > LONGEST_ADDRESS ? '' : given.trim();
  const withoutPort = /^\[(.*)\](:\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1');
  const bare = withoutPort.replace(/%.*$/, '');
  if (IPV4.test(bare)) return bare;
  const mapped = /^::ffff:([\d.]+)$/i.exec(bare)?.[1];
  if (mapped !== undefined && IPV4.test(mapped)) return mapped;
  return /^[\da-f:.]*:[\da-f:.]*$/i.test(bare) ? networkOf(bare) : undefined;
}

function networkOf(address) {
  let host;
  try {
    host = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  } catch {
    return undefined;
  }
  const [head = '', tail] = host.split('::');
  const groups = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  while (tail !== undefined && groups.length + last.length < 8) groups.push('0');
  const all = groups.concat(last);
  // An IPv4 address in IPv6 is that IPv4 client; else all of them would be one network.
  const [, , , , , marker, high, low] = all;
  if (all.slice(0, 5).every((group) => group === '0') && marker === 'ffff') return `${bytesOf(high)}.${bytesOf(low)}`;
  return `${all.slice(0, 4).join(':')}::/64`;
}

function bytesOf(group = '0') {
  const value = parseInt(group, 16);
  return `${value >> 8}.${value & 255}`;
}

/** Looks can be made up for each guess of a password, so what is closed has a limit for all of them as well. */
function unknownClient(headers, onError) {
  const client = { kind: 'unknown', id: lookOf(headers) };
  return onError === 'closed' ? { ...client, behind: { kind: 'unknown', id: 'all' } } : client;
}

/** What tells clients without an address apart a little, unproven addresses among it: no proof, but no bucket that all of them share. */
function lookOf(headers) {
  const look = [
    'x-forwarded-for',
    'x-real-ip',
    'forwarded',
    'user-agent',
    'accept-language',
    'accept-encoding',
    'sec-ch-ua',
  ]
    .map((name) => (headers.get(name) ?? '').slice(0, 200))
    .join('\n');
  let hash = 0x811c9dc5;
  for (let index = 0; index < look.length; index++) hash = Math.imul(hash ^ look.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** What stands in a store in place of an id or a session's token. */
async function digest(text) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(hash.subarray(0, 16), (byte) => (byte + 256).toString(16).slice(1)).join('');
}
