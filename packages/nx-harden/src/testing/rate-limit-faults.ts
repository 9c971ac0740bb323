import { setTimeout as sleep } from 'node:timers/promises';
import { startRedisRest } from '../redis-rest/start-redis-rest';
import { renderRateLimitApp } from './rate-limit-app';
import { fetchEvent, loadRateLimit, requestTo, type LimitedProxy } from './rate-limit-requests';
import { startFaultGate, type FaultGate, type RedisFault } from './redis-faults';

/** What befalls Redis under load. `isHidden`: nobody should notice. */
export const REDIS_FAULTS: readonly { name: string; fault: RedisFault | 'script cache flushed' | 'key of another type'; isHidden?: boolean }[] = [
  { name: 'refuses connections', fault: 'refused' },
  { name: 'takes connections and never answers', fault: 'black hole' },
  { name: 'answers after 2 s', fault: 'slow' },
  { name: 'refuses the token', fault: 'wrong token' },
  { name: 'answers garbage', fault: 'garbage' },
  { name: 'is an HTML page of a gateway (502)', fault: 'HTML' },
  { name: 'answers with status 500', fault: 'error 500' },
  { name: 'answers each command with an error', fault: 'command errors' },
  { name: 'dies half-way through each reply', fault: 'half a reply' },
  { name: 'has lost its scripts', fault: 'script cache flushed', isHidden: true },
  { name: 'has a spoilt key of one client', fault: 'key of another type', isHidden: true },
];

/** What came of one fault under load. */
export interface FaultFigures {
  requests: number;
  /** Of requests that were let through, in ms. */
  p50: number;
  p99: number;
  /** Of all. */
  slowest: number;
  /** Rejections, unhandled ones, and statuses that there should not be. */
  errors: string[];
  /** Most calls of one client at its limit in any stretch as long as the window, from the fault on. */
  most: number;
  limit: number;
  /** What was said about Redis. */
  lines: string[];
  /** All that was said. */
  said: string[];
  /** What a policy that is closed answered while Redis was away: status, Retry-After, and whether there were fields. */
  closed: string[];
  /** Requests to Redis in the last half second of it, and whether it counted again at the end. */
  asked: number;
  isBack: boolean;
}

/** The token, which no line may hold. */
export const FAULT_TOKEN = 'a-token-that-nobody-may-see';
const LIMIT = 20;
const WINDOW = 1_000;
const CLIENTS = 14;
const POLICIES = [
  { path: '/login', limit: 10, window: '5 m', onError: 'closed' as const },
  { path: '/:path*', limit: LIMIT, window: `${WINDOW} ms` },
];

/** A Redis, a gate in front of it and an app, for one fault after the other. */
export async function startFaultLab() {
  const rest = await startRedisRest({ token: FAULT_TOKEN });
  const gate = await startFaultGate(rest.url);
  const app = await renderRateLimitApp({ trustedProxies: 1 });
  const before = { url: process.env['UPSTASH_REDIS_REST_URL'], token: process.env['UPSTASH_REDIS_REST_TOKEN'], vercel: process.env['VERCEL'] };
  Object.assign(process.env, { UPSTASH_REDIS_REST_URL: gate.url, UPSTASH_REDIS_REST_TOKEN: FAULT_TOKEN });
  delete process.env['VERCEL'];
  const command = (...given: string[]) => fetch(rest.url, { method: 'POST', headers: { authorization: `Bearer ${FAULT_TOKEN}` }, body: JSON.stringify(given) });
  return {
    run: async (fault: (typeof REDIS_FAULTS)[number]['fault'], ms: number): Promise<FaultFigures> => {
      const strike = async () => {
        if (fault === 'script cache flushed') await command('SCRIPT', 'FLUSH');
        else if (fault === 'key of another type') await command('LPUSH', `web:${process.env['NODE_ENV']}:/:path*:ip:198.51.100.99`, 'x');
        else await gate.become(fault);
      };
      await command('FLUSHALL');
      return underLoad((await loadRateLimit(app))(POLICIES)(), gate, strike, ms);
    },
    stop: async () => {
      for (const [name, value] of [['UPSTASH_REDIS_REST_URL', before.url], ['UPSTASH_REDIS_REST_TOKEN', before.token], ['VERCEL', before.vercel]] as const) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      app.remove();
      await gate.stop();
      await rest.stop();
    },
  };
}

interface Call {
  at: number;
  took: number;
  response: Response | undefined;
}

async function underLoad(proxy: LimitedProxy, gate: FaultGate, strike: () => Promise<void>, ms: number): Promise<FaultFigures> {
  const said: string[] = [];
  const errors: string[] = [];
  const { warn } = console;
  console.warn = (line: string) => void said.push(line);
  const onUnhandled = (reason: unknown) => void errors.push(`unhandled: ${reason}`);
  process.on('unhandledRejection', onUnhandled);
  let isOn = true;
  const after: Promise<unknown>[] = [];
  const calls = { visitors: [] as Call[], busy: [] as Call[], login: [] as Call[] };
  const work = async (list: Call[], address: () => string, path: string, method: string): Promise<void> => {
    while (isOn) {
      const event = fetchEvent();
      const at = performance.now();
      try {
        const response = await proxy(requestTo(path, { 'x-forwarded-for': address() }, method), event);
        list.push({ at, took: performance.now() - at, response });
      } catch (error) {
        errors.push(`rejected: ${error}`);
      }
      after.push(...event.after);
      await sleep(20);
    }
  };
  let count = 0;
  const visitor = () => `203.0.113.${++count % 200}`;
  const workers = [
    ...Array.from({ length: CLIENTS }, () => work(calls.visitors, visitor, '/page', 'GET')),
    work(calls.busy, () => '198.51.100.1', '/page', 'GET'),
    work(calls.busy, () => '198.51.100.1', '/page', 'GET'),
    work(calls.login, visitor, '/login', 'POST'),
    work([], () => '198.51.100.99', '/page', 'GET'),
  ];
  try {
    await sleep(300);
    await strike();
    const struck = performance.now();
    await sleep(ms - 500);
    const requests = gate.requests;
    await sleep(500);
    const asked = gate.requests - requests;
    const healed = performance.now();
    await gate.become('none');
    for (let waited = 0; waited < 5_000 && said.filter((line) => /Redis answers again/.test(line)).length === 0 && said.some((line) => /until it answers/.test(line)); waited += 50) await sleep(50);
    const atEnd = gate.requests;
    await sleep(300);
    const isBack = gate.requests - atEnd > 3;
    isOn = false;
    await Promise.all(workers);
    await Promise.all(after);
    const all = Object.values(calls).flat();
    // One of before the fault may have been on its way when it came.
    const inFault = (list: Call[]) => list.filter(({ at }) => at > struck && at < healed);
    const took = all.filter(({ response }) => response === undefined || response.status < 400).map((call) => call.took).sort((a, b) => a - b);
    errors.push(...[...calls.visitors, ...calls.busy].flatMap(({ response }) => (response && ![200, 429].includes(response.status) ? [`status ${response.status}`] : [])));
    errors.push(...calls.login.flatMap(({ response }) => (response && ![200, 429, 503].includes(response.status) ? [`status ${response.status}`] : [])));
    return {
      requests: all.length,
      p50: took[Math.floor(took.length / 2)] ?? 0,
      p99: took[Math.floor(took.length * 0.99)] ?? 0,
      slowest: Math.max(...all.map((call) => call.took)),
      errors,
      most: mostIn(inFault(calls.busy).filter(({ response }) => response?.status !== 429).map(({ at, took: duration }) => at + duration)),
      limit: LIMIT,
      lines: said.filter((line) => line.startsWith('[rate-limit] Redis ')),
      said,
      closed: [...new Set(inFault(calls.login).map(({ response }) => `${response?.status} ${response?.headers.get('retry-after')} ${response?.headers.has('ratelimit')}`))],
      asked,
      isBack,
    };
  } finally {
    isOn = false;
    await gate.become('none');
    process.off('unhandledRejection', onUnhandled);
    console.warn = warn;
  }
}

/** Most of the times in any stretch as long as the window. */
function mostIn(times: number[]): number {
  // The answer comes a little after the decision, and not always equally.
  const length = WINDOW - 30;
  return Math.max(0, ...times.map((end) => times.filter((at) => at > end - length && at <= end).length));
}
