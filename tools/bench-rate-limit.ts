/**
 * Measures a Next app without a proxy, with the plan's middleware word for word, and with the generator's limits, side by
 * side: allowed, refused and static requests, Redis away, and how much of the limit one client gets under a flood. Writes
 * the figures into docs/benchmarks.md. Needs the built plugin.
 *
 *     nx build nx-harden && jiti tools/bench-rate-limit.ts [--rounds=7] [--seconds=5] [--no-write]
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './backup-lab/free-port.mjs';
import { median, needPlace, numberOf, say, table, writeFigures } from './figures.mjs';
import { onInterrupt } from './on-interrupt.mjs';
import { buildApps, serve, type BuiltApp, type Variant } from './rate-limit-bench/apps';
import { admissions, load, type Answers } from './rate-limit-bench/load';

const PAGE = join(import.meta.dirname, '../docs/benchmarks.md');
const ROUNDS = numberOf('rounds', 7);
const SECONDS = numberOf('seconds', 5);
const WRITES = !process.argv.includes('--no-write');
const TOKEN = 'bench';
const WINDOW_S = 10;
const LIMIT = 10;
const VARIANTS: readonly Variant[] = ['none', 'plan', 'ours'];
const TITLES: Record<Variant, string> = { none: 'no proxy', plan: "the plan's `middleware.ts`", ours: '`rate-limit`' };

interface Running {
  variant: Variant;
  url: string;
}
interface Measured extends Answers {
  /** To Redis, for each request. */
  calls: number;
}
type Measurements = Record<Variant, Measured[]>;

const ends: (() => void | Promise<void>)[] = [];
const cleanUp = async (): Promise<void> => {
  for (let end = ends.pop(); end; end = ends.pop()) await end();
};
onInterrupt(cleanUp);
if (WRITES) needPlace(PAGE, 'rate-limit');
try {
  await main();
} finally {
  await cleanUp();
}

async function main(): Promise<void> {
  say('Building the app three times');
  const { apps, remove } = await buildApps(VARIANTS);
  ends.push(remove);
  const redis = await startRedis();
  const running = await serveAll(apps, redis.url);
  const rows = [
    await scene('allowed', running, redis, (one) => load(`${one.url}/api/hello`, SECONDS, 'many')),
    await scene('refused', running, redis, (one) => load(`${one.url}/api/hello`, SECONDS, 'one')),
    await scene('a file in public/', running, redis, (one) => load(`${one.url}/logo.svg`, SECONDS, 'many')),
  ];
  const shares = await sustained(running);
  await redis.stop();
  const without = running.filter(({ variant }) => variant !== 'plan');
  // The breaker opens within the first second; what is measured is the state that lasts.
  for (const one of without) await load(`${one.url}/api/hello`, 2, 'many');
  rows.push(await scene('allowed, Redis gone', without, undefined, (one) => load(`${one.url}/api/hello`, SECONDS, 'many')));
  const held = await load(`${urlOf(running, 'ours')}/api/hello`, 5, 'one');
  say(`Redis gone, one client for 5 s: ${held.ok} let through, ${held.errors} errors`);

  const figures = [
    table(['requests', 'variant', 'a second', 'ratio to no proxy', 'calls to Redis per request', 'p99, ms', 'errors'], rows.flat()),
    table(['one client calls without pause', 'share of its limit that it gets'], shares),
    `With Redis gone, one client that called without pause for 5 s was let through ${held.ok} times (its limit is ${LIMIT} in ${WINDOW_S} s), with ${held.errors} errors.`,
    machine(),
  ].join('\n\n');
  console.log(`\n${figures}`);
  if (!WRITES) return;
  writeFigures(PAGE, 'rate-limit', figures);
  say('Written into docs/benchmarks.md');
}

/** Measures all variants in turn, so that what the machine does meanwhile falls on all of them; ratios are of one round. */
async function scene(title: string, running: Running[], redis: Redis | undefined, run: (one: Running) => Promise<Answers>): Promise<string[][]> {
  for (const one of running) await run(one);
  const measured: Measurements = { none: [], plan: [], ours: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const one of round % 2 === 0 ? running : [...running].reverse()) {
      const before = (await redis?.counts())?.requests ?? 0;
      const answers = await run(one);
      const calls = ((await redis?.counts())?.requests ?? 0) - before;
      measured[one.variant].push({ ...answers, calls: calls / (answers.ok + answers.refused + answers.errors) });
    }
    say(`${title}, round ${round + 1} of ${ROUNDS}: ${running.map(({ variant }) => `${variant} ${measured[variant].at(-1)?.rate.toFixed(0)}/s`).join(', ')}`);
  }
  return running.map(({ variant }) => {
    const runs = measured[variant];
    const of = (value: (one: Measured) => number): number => median(runs.map(value));
    const ratio = median(runs.map(({ rate }, round) => rate / (measured.none[round]?.rate ?? Number.NaN)));
    const errors = runs.reduce((sum, one) => sum + one.errors, 0);
    return [title, TITLES[variant], of(({ rate }) => rate).toFixed(0), ratio.toFixed(2), redis ? of(({ calls }) => calls).toFixed(3) : '–', of(({ p99 }) => p99).toFixed(0), String(errors)];
  });
}

/** What a client that never pauses gets, over three windows that begin in the middle of one. */
async function sustained(running: Running[]): Promise<string[][]> {
  const windows = 3;
  const rows: string[][] = [];
  for (const { variant, url } of running.filter((one) => one.variant !== 'none')) {
    const at = await admissions(`${url}/api/hello`, WINDOW_S * (windows + 1));
    const from = (WINDOW_S * 1000) / 2;
    const counted = at.filter((time) => time >= from && time < from + windows * WINDOW_S * 1000).length;
    say(`without pause, ${variant}: ${counted} of ${LIMIT * windows}`);
    rows.push([TITLES[variant], (counted / (LIMIT * windows)).toFixed(2)]);
  }
  return rows;
}

interface Redis {
  url: string;
  counts: () => Promise<{ requests: number; commands: number }>;
  stop: () => Promise<void>;
}

/** In a process of its own, as in reality it is elsewhere. */
async function startRedis(): Promise<Redis> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'rate-limit-bench/redis-rest.mjs'), [], { execArgv: [], env: { ...process.env, BENCH_TOKEN: TOKEN } });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  ends.push(stop);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const counts = async (): Promise<{ requests: number; commands: number }> => {
    const answer = once(child, 'message');
    child.send('counts');
    return ((await answer) as [{ requests: number; commands: number }])[0];
  };
  return { url, counts, stop };
}

async function serveAll(apps: BuiltApp[], redisUrl: string): Promise<Running[]> {
  const running: Running[] = [];
  for (const app of apps) {
    const server = await serve(app, await freePort(), { UPSTASH_REDIS_REST_URL: redisUrl, UPSTASH_REDIS_REST_TOKEN: TOKEN });
    ends.push(server.stop);
    running.push({ variant: app.variant, url: server.url });
  }
  await sleep(500);
  return running;
}

function urlOf(running: Running[], variant: Variant): string {
  return running.find((one) => one.variant === variant)?.url ?? '';
}

function machine(): string {
  const next = '16.4.6';
  return `${new Date().toISOString().slice(0, 10)}, ${ROUNDS} rounds in turn of ${SECONDS} s, 32 connections, client, app and Redis on one machine: ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GB, ${process.platform}, Node ${process.version.slice(1)}, Next ${next}.`;
}
