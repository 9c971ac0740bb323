import { array, assert, constantFrom, integer, property, string, tuple } from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { renderRateLimitApp, type RateLimitApp } from '../../testing/rate-limit-app';
import { admitted, fetchEvent, loadRateLimit, requestTo, type CreateRateLimit } from '../../testing/rate-limit-requests';
import { addressOf, clientOf, normalAddress } from './files/rate-limiter/client';
import type { Limit } from './files/rate-limiter/policy';

const PLATFORM = '203.0.113.7';
const LIMIT: Limit = { name: '/x', limit: 4, window: 3_600_000, key: 'ip', onError: 'open' };
const headers = (values: Record<string, string>) => new Headers(values);
const forwarded = (value: string) => headers({ 'x-forwarded-for': value });
beforeEach(() => vi.stubEnv('VERCEL', undefined));
afterEach(() => vi.unstubAllEnvs());

describe('an address', () => {
  it.each([
    ...['192.0.2.1', ' 192.0.2.1\t', '192.0.2.1:5678', '[192.0.2.1]:80', '::ffff:192.0.2.1', '::FFFF:192.0.2.1', '[::ffff:192.0.2.1]:443', '::ffff:c000:201', '::ffff:C000:0201', '0:0:0:0:0:ffff:192.0.2.1', '0000:0000:0000:0000:0000:ffff:c000:0201', '::ffff:192.0.2.1%eth0'].map((text) => [text, '192.0.2.1']),
    ...['2001:db8:1:2::', '2001:db8:1:2:3:4:5:6', '2001:DB8:1:2:A:B:C:D', '2001:0db8:0001:0002:0000:0000:0000:0001', '2001:db8:1:2::192.0.2.1', '[2001:db8:1:2::1]', '[2001:db8:1:2::1]:8443', '2001:db8:1:2::1%eth0', '[2001:db8:1:2::1%25en0]:80'].map((text) => [text, '2001:db8:1:2::/64']),
    ...[['::1', '0:0:0:0::/64'], ['::', '0:0:0:0::/64'], ['1::', '1:0:0:0::/64'], ['0:1::', '0:1:0:0::/64']],
  ])('%j is %s', (text, key) => expect(normalAddress(text ?? '')).toBe(key));

  it.each(['', ' ', ':', '::1::', '1:2:3', '1:2:3:4:5:6:7:8:9', '2001:db8:::1', '12345::', 'g::1', '192.0.2', '192.0.2.1.1', '256.0.2.1', '192.0.2.01', '010.0.2.1', '0300.0.2.1', '0xc0.0.2.1', '3221225985', '192.513', '-1.0.2.1', '192.0.2.1/24', '192.0.2.1 x', 'unknown', '_hidden', 'localhost', 'for=192.0.2.1', 'x:y@[2001:db8::1', '2001:db8::1]@[::2', '::1]/x?[', '::ffff:999.0.2.1', '::ffff:192.0.2.01', 'é::1', '\u0661::1', `fe80::1%${'a'.repeat(90)}`, '1'.repeat(10_240), ':'.repeat(10_240)])('%j is none', (text) => expect(normalAddress(text)).toBeUndefined());

  it('of IPv6 is its network, however it is written', () => {
    const group = integer({ min: 0, max: 0xffff });
    const writing = tuple(constantFrom('short', 'long', 'upper'), constantFrom('', '%eth0', '[]', '[]:443'));
    assert(
      property(array(constantFrom(0, 1), { minLength: 4, maxLength: 4 }), array(group, { minLength: 8, maxLength: 8 }), writing, (zeros, groups, [form, around]) => {
        const all = groups.map((value, index) => (zeros[index >> 1] === 0 ? 0 : value));
        const isMapped = all.slice(0, 5).every((value) => value === 0) && all[5] === 0xffff;
        const hex = all.map((value) => (form === 'short' ? value.toString(16) : value.toString(16).padStart(4, '0')));
        const text = form === 'upper' ? hex.join(':').toUpperCase() : form === 'short' ? hex.join(':').replace(/(^|:)0(:0)+(?=:|$)/, (zero, start) => (zero.length > 2 ? `${start}:`.padStart(2, ':') : zero)).replace(/:{3,}/, '::') : hex.join(':');
        const given = around.startsWith('[]') ? `[${text}]${around.slice(2)}` : text + around;
        if (!isMapped) expect(normalAddress(given), given).toBe(`${all.slice(0, 4).map((value) => value.toString(16)).join(':')}::/64`);
      }),
      { numRuns: 2000 },
    );
  });
});

/** What an HTTP header can carry. */
const bytes = string({ unit: integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f).map((code) => String.fromCharCode(code)), maxLength: 40 });

describe('behind proxies of the team', () => {
  it('is the same, whatever a client puts in front of it', () => {
    assert(
      property(array(bytes, { maxLength: 6 }), constantFrom(',', ', ', ' ,', ',,'), (forged, comma) => {
        expect(addressOf(forwarded([...forged, PLATFORM].join(comma)), 1)).toBe(PLATFORM);
        expect(addressOf(forwarded([...forged, `${PLATFORM}:4711, 10.0.0.1`].join(comma)), 2)).toBe(PLATFORM);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a long one', `${'1.1.1.1,'.repeat(1_280)}${PLATFORM}`, 1, PLATFORM],
    ['one with invalid bytes', `\xff\xfe, \xe9, ${PLATFORM}`, 1, PLATFORM],
    ['one that ends in an empty entry', `${PLATFORM},`, 1, undefined],
    ['too few entries', PLATFORM, 2, undefined],
    ['none', '', 1, undefined],
    ['what the client wrote, where no proxy is trusted', PLATFORM, 0, undefined],
    ['10 KB of rubbish from the proxy', 'x'.repeat(10_240), 1, undefined],
  ])('%s is what the proxies saw, or nothing', (_, value, proxies, address) => expect(addressOf(forwarded(value), proxies)).toBe(address));

  it('is the last of several headers', () => {
    const several = new Headers([['x-forwarded-for', '1.1.1.1'], ['x-forwarded-for', `2.2.2.2, ${PLATFORM}`]]);
    expect(addressOf(several, 1)).toBe(PLATFORM);
  });

  it('minds no other header', () => {
    expect(addressOf(headers({ 'x-forwarded-for': PLATFORM, 'x-real-ip': '1.1.1.1', forwarded: 'for=1.1.1.1', 'x-vercel-forwarded-for': '1.1.1.1', 'cf-connecting-ip': '1.1.1.1', 'true-client-ip': '1.1.1.1', 'x-client-ip': '1.1.1.1' }), 1)).toBe(PLATFORM);
  });

  it('is what Next itself saw, in development', () => {
    vi.stubEnv('NODE_ENV', 'development');
    expect(addressOf(forwarded('::1'), 0)).toBe('0:0:0:0::/64');
  });
});

describe('on Vercel', () => {
  beforeEach(() => vi.stubEnv('VERCEL', '1'));

  it('is what Vercel says, whatever else is forged and however many proxies are trusted', () => {
    assert(
      property(bytes, bytes, integer({ min: 0, max: 3 }), (one, two, proxies) => {
        expect(addressOf(headers({ 'x-real-ip': PLATFORM, 'x-forwarded-for': one, 'x-vercel-forwarded-for': two, forwarded: `for=${one}`, 'x-client-ip': two }), proxies)).toBe(PLATFORM);
      }),
    );
  });

  it('is that of its second header, where the first is not there or empty', () => {
    expect(addressOf(headers({ 'x-vercel-forwarded-for': PLATFORM, 'x-forwarded-for': '1.1.1.1' }), 0)).toBe(PLATFORM);
    expect(addressOf(headers({ 'x-real-ip': '', 'x-vercel-forwarded-for': PLATFORM }), 0)).toBe(PLATFORM);
    expect(addressOf(headers({ 'x-forwarded-for': '1.1.1.1' }), 1)).toBeUndefined();
  });
});

describe('who is counted', () => {
  let app: RateLimitApp;
  let createRateLimit: CreateRateLimit;
  let lines: string[];
  beforeAll(async () => (app = await renderRateLimitApp({ trustedProxies: 1 })));
  afterAll(() => app.remove());
  beforeEach(async () => {
    lines = [];
    vi.spyOn(console, 'warn').mockImplementation((line: string) => void lines.push(line));
    createRateLimit = await loadRateLimit(app);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  const from = (address: string | undefined, more: Record<string, string> = {}) => requestTo('/x', { ...(address !== undefined && { 'x-forwarded-for': address }), ...more });
  const row = { path: '/x', limit: 2, window: '1 h' } as const;

  it('is an address of its own for each client', async () => {
    const proxy = createRateLimit([row])();
    expect(await admitted(proxy, 10, (index) => from(`${'9.9.9.9,'.repeat(index)}192.0.2.1`))).toBe(2);
    expect(await admitted(proxy, 10, () => from('192.0.2.2'))).toBe(2);
    expect(await admitted(proxy, 10, (index) => from(`2001:db8::${index}`))).toBe(2);
  });

  it('is a session, and for sessions that are made up the address behind them', async () => {
    const proxy = createRateLimit([{ ...row, key: 'session' }])();
    expect(await admitted(proxy, 5, () => from('192.0.2.1', { cookie: 'a=b; __Secure-authjs.session-token=mine' }))).toBe(2);
    expect(await admitted(proxy, 5, (index) => from(`192.0.2.${2 + index}`, { cookie: '__Secure-authjs.session-token=shared' }))).toBe(2);
    expect(await admitted(proxy, 100, (index) => from('192.0.2.9', { cookie: `session=made-up-${index}` }))).toBe(20);
    expect(await admitted(proxy, 5, () => from('192.0.2.10', { cookie: 'theme=dark' }))).toBe(2);
  });

  it('has no bucket for all sessions without an address', async () => {
    const proxy = createRateLimit([{ ...row, key: 'session' }])();
    expect(await admitted(proxy, 100, (index) => from(undefined, { cookie: `session=made-up-${index}`, 'user-agent': 'curl' }))).toBe(20);
    expect(await admitted(proxy, 5, () => from(undefined, { cookie: 'session=real', 'user-agent': 'Firefox' }))).toBe(2);
    expect(lines.filter((line) => line.includes('no address'))).toHaveLength(1);
  });

  it('is a user, wherever they call from', async () => {
    const proxy = createRateLimit([{ ...row, key: 'user' }], { identify: async (request) => request.headers.get('x-user') ?? undefined })();
    expect(await admitted(proxy, 5, (index) => from(`192.0.2.${index}`, { 'x-user': 'ann@example.com' }))).toBe(2);
    expect(await admitted(proxy, 5, () => from('192.0.2.1'))).toBe(2);
    const { id } = await clientOf(requestTo('/x'), { ...LIMIT, key: 'user' }, 0, () => 'ann@example.com');
    expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is the address, where who is signed in cannot be told', async () => {
    const proxy = createRateLimit([{ ...row, key: 'user' }], { identify: () => Promise.reject(new Error('no session for ann@example.com')) })();
    expect(await admitted(proxy, 5, () => from('192.0.2.1'))).toBe(2);
    expect(lines.filter((line) => line.includes('identify'))).toEqual([expect.not.stringContaining('ann@')]);
  });

  it('has half the limit when nobody vouches for it, shares that with no other, and is spoken of once a minute', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    const proxy = createRateLimit([{ ...row, limit: 4 }])();
    for (const address of [undefined, 'unknown', '10.0.0.300']) expect(await admitted(proxy, 10, () => from(address, { 'user-agent': `UA ${address}` }))).toBe(2);
    const said = () => lines.filter((line) => line.includes('no address that somebody vouches for'));
    expect(said()).toHaveLength(1);
    vi.setSystemTime(1_800_000_059_000);
    await proxy(from(undefined), fetchEvent());
    expect(said()).toHaveLength(1);
    vi.setSystemTime(1_800_000_060_000);
    await proxy(from(undefined), fetchEvent());
    expect(said()).toHaveLength(2);
    expect(lines.join('\n')).not.toMatch(/10\.0\.0|UA /);
  });

  it('has a limit for all looks together, where passwords are guessed', async () => {
    const proxy = createRateLimit([{ ...row, onError: 'closed' }])();
    expect(await admitted(proxy, 100, (index) => from(undefined, { 'user-agent': `made-up ${index}` }))).toBe(20);
    expect(await admitted(createRateLimit([row])(), 100, (index) => from(undefined, { 'user-agent': `made-up ${index}` }))).toBe(100);
  });

  it('never has less than one call', async () => {
    expect(await admitted(createRateLimit([{ ...row, limit: 1 }])(), 3, () => from(undefined))).toBe(1);
  });
});
