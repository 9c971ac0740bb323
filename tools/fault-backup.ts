/**
 * Breaks backups at random moments, with a real PostgreSQL and a real S3 server, and looks at what is left: no manifest
 * without whole data, every listed backup restores, nothing good was deleted. Writes the table into
 * docs/capabilities/backup.md. Needs the built plugin (nx build nx-harden).
 *
 *     jiti tools/fault-backup.ts [--times=20] [--only=pg_dump,SIGKILL] [--seed=1] [--no-write]
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FAULTS, type Fault, type Lab, type Place } from './backup-lab/faults';
import type { Manifest } from '../packages/nx-harden/src/backup/manifest';
import type { ObjectStore } from '../packages/nx-harden/src/backup/store/object-store';
import { childrenOf } from './backup-lab/processes.mjs';
import { startFaultyProxy } from '../packages/nx-harden/src/testing/faulty-proxy';
import { startS3Server } from '../packages/nx-harden/src/testing/s3-servers';
import { writeFigures } from './figures.mjs';
import { onInterrupt } from './on-interrupt.mjs';

const REPOSITORY = join(import.meta.dirname, '..');
const PAGE = join(REPOSITORY, 'docs/capabilities/backup.md');
const RUNNER = join(import.meta.dirname, 'backup-lab/run-executor.mjs');
const CLOCK = join(import.meta.dirname, 'backup-lab/clock-jump.mjs');
const option = (name: string, fallback: string): string => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split(/=(.*)/s)[1] ?? fallback;
const TIMES = Number(option('times', '20'));
const ONLY = option('only', '').split(',').filter(Boolean);
const SEED = Number(option('seed', String(Date.now() % 1e6)));
const ROWS = Number(option('rows', '60000'));
const require = createRequire(import.meta.url);
const dist = <Module extends keyof Built>(path: Module): Built[Module] => require(join(REPOSITORY, `packages/nx-harden/dist/backup/${path}.js`));

/** The modules of the built plugin that are used here. */
interface Built {
  catalog: typeof import('../packages/nx-harden/src/backup/catalog');
  'store/open-store': typeof import('../packages/nx-harden/src/backup/store/open-store');
  'postgres/reach': typeof import('../packages/nx-harden/src/backup/postgres/reach');
  'restore-database': typeof import('../packages/nx-harden/src/backup/restore-database');
  'postgres/scratch-server': typeof import('../packages/nx-harden/src/backup/postgres/scratch-server');
}

interface FaultLab extends Lab {
  postgres: Postgres;
  database: string;
}

interface Outcome {
  code: number | string;
  output: string;
}

interface Run {
  pid: number;
  kill: (signal: NodeJS.Signals) => boolean;
  done: Promise<Outcome>;
}

interface Tally {
  whole: number;
  failed: number;
  restored: number;
  bad: string[];
}

/** A small random generator (mulberry32), so that a run can be had again by its seed. */
let state = SEED;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

const dir = mkdtempSync(join(tmpdir(), 'nx-harden-faults-'));

const endings: (() => Promise<void> | void)[] = [() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 })];
const cleanUp = async () => {
  for (const end of endings.splice(0).reverse()) await end();
};
onInterrupt(cleanUp);
try {
  process.exitCode = (await main()) ? 0 : 1;
} finally {
  await cleanUp();
}

async function main(): Promise<boolean> {
  const postgres = await startServer();
  const s3 = await startS3Server('s3rver', dir);
  endings.push(() => s3.stop());
  const proxy = await startFaultyProxy(s3.endpoint);
  endings.push(() => proxy.stop());
  await makeDatabase(postgres);
  Object.assign(process.env, s3.env, { AWS_MAX_ATTEMPTS: '5' });

  const lab = { dir, postgres, s3, proxy, random, sleep, database: 'cms', sql: (text: string) => sql(postgres, 'cms', text), ...controls(postgres) };
  const faults = FAULTS.filter(({ name }) => ONLY.length === 0 || ONLY.some((one) => name.includes(one)));
  const duration = await baseline(lab);
  console.log(`A backup without a fault takes ${Math.round(duration)} ms. Seed ${SEED}, ${TIMES} times each.`);
  const rows: string[] = [];
  let isAllWell = true;
  for (const fault of faults) {
    if (fault.needs && !fault.needs()) {
      rows.push(`| ${fault.title} | not run: ${fault.lacking} | | | | |`);
      isAllWell = false;
      continue;
    }
    const tally: Tally = { whole: 0, failed: 0, restored: 0, bad: [] };
    const place = await prepare(fault, lab);
    try {
      const good = [await mustBackUp(lab, place), await mustBackUp(lab, place)];
      for (let time = 1; time <= TIMES; time++) {
        const outcome = await strike(fault, lab, place, random() * duration * 1.1);
        const problems = await inspect(lab, place, good, outcome, tally);
        tally.bad.push(...problems.map((problem) => `${fault.name}, time ${time}: ${problem}`));
      }
    } finally {
      await place.remove?.();
    }
    for (const problem of tally.bad) console.log(`  WRONG ${problem}`);
    console.log(`${fault.title}: ${tally.failed} ended with an error, ${tally.whole} whole, ${tally.restored} restored, ${tally.bad.length} wrong`);
    isAllWell &&= tally.bad.length === 0;
    rows.push(`| ${fault.title} | ${TIMES} | ${tally.failed} | ${tally.whole} | ${tally.restored} | ${tally.bad.length} |`);
  }
  const table = ['| fault | times | ended with an error | whole, and listed | restored and compared | wrong |', '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n');
  console.log(`\n${table}`);
  if (!process.argv.includes('--no-write')) write(table);
  return isAllWell;
}

interface Postgres {
  url: string;
  urlOf: (database: string) => string;
}

async function startServer(): Promise<Postgres> {
  const major = Number(option('major', '15'));
  const server = await dist('postgres/scratch-server').startScratchServer({ major });
  endings.push(() => server.stop());
  return { url: server.url, urlOf: (database) => server.url.replace(/\/[^/]*$/, `/${database}`) };
}


async function makeDatabase(postgres: Postgres): Promise<void> {
  await sql(postgres, 'postgres', 'CREATE DATABASE cms');
  await sql(
    postgres,
    'cms',
    `CREATE TABLE posts (id integer PRIMARY KEY, title text, body text);
     INSERT INTO posts SELECT i, 'post ' || i, repeat(md5(i::text) || ' ', 15) FROM generate_series(1, ${ROWS}) i;
     CREATE TABLE media (id integer PRIMARY KEY, raw bytea); INSERT INTO media SELECT i, decode(repeat(md5(i::text), 20), 'hex') FROM generate_series(1, ${ROWS}) i;
     CREATE TABLE victim (a integer); INSERT INTO victim SELECT generate_series(1, 1000);
     SELECT lo_from_bytea(0, convert_to(repeat('x', 100000), 'UTF8')); ANALYZE`,
  );
}

async function sql(postgres: Postgres, database: string, text: string): Promise<unknown[]> {
  const { Client } = require(require.resolve('pg', { paths: [join(REPOSITORY, 'packages/nx-harden')] }));
  const client = new Client({ connectionString: postgres.urlOf(database) });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** What a fault may do to a run. */
function controls(postgres: Postgres): Pick<Lab, 'killChild' | 'terminateBackends'> {
  return {
    killChild(pid, program) {
      for (const child of childrenOf(pid)) if (child.command.includes(program)) killIfThere(child.pid);
    },
    terminateBackends: () => sql(postgres, 'postgres', "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE datname = 'cms' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1) one"),
  };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself while we looked.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A place for the backups of one fault: a prefix of its own, or a folder. */
async function prepare(fault: Fault, lab: FaultLab): Promise<Place> {
  const made = fault.place?.(lab);
  const endpoint = fault.throughProxy ? lab.proxy.url : lab.s3.endpoint;
  return made ?? { to: `s3://${lab.s3.bucket}/${fault.name.replace(/\W+/g, '-')}`, endpoint };
}

function begin(lab: FaultLab, place: Place, more: Record<string, unknown> = {}, env: Record<string, string> = {}, imports: string[] = []): Run {
  const options = { to: place.to, ...(place.endpoint && { endpoint: place.endpoint, region: 'us-east-1' }), jobs: 2, keepDays: 1, keepMinimum: 1, prune: 'apply', ...more };
  const child = spawn(process.execPath, [...imports.flatMap((path) => ['--import', path]), RUNNER, 'backup-db', JSON.stringify(options), lab.dir], {
    env: { ...process.env, DATABASE_URL: lab.postgres.urlOf(lab.database), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf-8').on('data', (chunk) => (output += chunk));
  const done = new Promise<Outcome>((resolve) => child.on('close', (code, signal) => resolve({ code: code ?? signal ?? 'nothing', output })));
  return { pid: child.pid ?? 0, kill: (signal: NodeJS.Signals) => child.kill(signal), done };
}

async function mustBackUp(lab: FaultLab, place: Place): Promise<string> {
  const before = await idsAt(lab, place);
  const { code, output } = await begin(lab, { ...place, endpoint: place.endpoint && lab.s3.endpoint }).done;
  if (code !== 0) throw new Error(`A backup without a fault failed (${code}):\n${output}`);
  const added = (await idsAt(lab, place)).filter((id) => !before.includes(id));
  const [only] = added;
  if (only === undefined || added.length !== 1) throw new Error(`A backup without a fault is not there:\n${output}`);
  return only;
}

async function baseline(lab: FaultLab): Promise<number> {
  const place = { to: `s3://${lab.s3.bucket}/baseline`, endpoint: lab.s3.endpoint };
  await mustBackUp(lab, place);
  const start = performance.now();
  await mustBackUp(lab, place);
  return performance.now() - start;
}

/** One backup with one fault at one moment. */
async function strike(fault: Fault, lab: FaultLab, place: Place, after: number): Promise<Outcome[]> {
  const env: Record<string, string> = fault.clock ? { JUMP_AFTER_MS: String(Math.round(after)), JUMP_BY_MS: String((random() < 0.5 ? -1 : 1) * Math.round(random() * 20 * 365 * 86_400_000)) } : {};
  const run = begin(lab, place, fault.options, env, fault.clock ? [CLOCK] : []);
  const second = fault.twoAtOnce ? begin(lab, place) : undefined;
  await Promise.race([sleep(after), run.done]);
  await fault.strike?.({ ...lab, run, place });
  const outcomes = await Promise.all([run.done, ...(second ? [second.done] : [])]);
  await fault.heal?.({ ...lab, run, place });
  return outcomes;
}

/** Looks at everything that is listed; what has a manifest has to be whole, and has to restore. */
async function inspect(lab: FaultLab, place: Place, good: string[], outcomes: Outcome[], tally: Tally): Promise<string[]> {
  const problems: string[] = [];
  const store = await open(lab, place);
  try {
    const backups = await dist('catalog').listBackups(store, lab.database);
    const ids = backups.map(({ id }) => id);
    for (const id of good) if (!ids.includes(id)) problems.push(`the good backup ${id} is gone`);
    const fresh = backups.filter(({ id }) => !good.includes(id));
    for (const { id, manifest, damaged } of fresh) {
      if (!manifest) problems.push(`${id} is listed as damaged: ${damaged}`);
      else {
        const wrong = await restores(lab, store, manifest);
        if (wrong) problems.push(`${id}: ${wrong}`);
        else tally.restored += 1;
      }
      good.push(id);
    }
    const succeeded = outcomes.filter(({ code }) => code === 0).length;
    tally.whole += fresh.length;
    tally.failed += outcomes.length - succeeded;
    if (fresh.length < succeeded) problems.push(`${succeeded} ended with 0, and ${fresh.length} are there: ${outcomes.map(({ output }) => output).join('\n')}`);
    for (const { code, output } of outcomes) {
      // By a signal itself it ends when that comes before it listens.
      if (code !== 0 && typeof code === 'number' && output.trim() === '') problems.push(`ended with ${code} and said nothing`);
      if (/^\s+at .*\(?.*:\d+:\d+\)?$/m.test(output)) problems.push(`showed a stack trace: ${output}`);
      if (output.includes(new URL(lab.postgres.url).password)) problems.push('showed the password');
    }
    // Few are kept, so that the next look does not take longer and longer.
    return problems;
  } finally {
    await store.close();
  }
}

function open(lab: FaultLab, place: Place): Promise<ObjectStore> {
  return dist('store/open-store').openStore(place.to, { workspaceRoot: lab.dir, ...(place.endpoint && { endpoint: lab.s3.endpoint, region: 'us-east-1' }) });
}

async function idsAt(lab: FaultLab, place: Place): Promise<string[]> {
  const store = await open(lab, place);
  try {
    return (await dist('catalog').listBackups(store, lab.database)).map(({ id }) => id);
  } finally {
    await store.close();
  }
}

/** Restores a backup into a scratch database of the same server; returns what is wrong. */
async function restores(lab: FaultLab, store: ObjectStore, manifest: Manifest): Promise<string | undefined> {
  const { connectionFromOption } = dist('postgres/reach');
  process.env['FAULTS_TARGET'] = lab.postgres.urlOf('scratch');
  const signal = new AbortController().signal;
  try {
    const { tables } = await dist('restore-database').restoreDatabase({
      source: { store, folder: `${encodeURIComponent(manifest.database)}/${manifest.id}/`, manifest, identities: [], signal },
      target: connectionFromOption('env:FAULTS_TARGET', 'target'),
      jobs: 2, clean: false, confirm: async () => undefined, tables: [], schemaOnly: false, roles: false, withoutOwners: false, signal, say() {}, onTable() {},
    });
    const wrong = tables.filter(({ ok }) => !ok);
    return wrong.length > 0 ? JSON.stringify(wrong) : tables.length < 2 ? 'it restores without its tables' : undefined;
  } catch (error) {
    return `it does not restore: ${error instanceof Error ? error.message : error}`;
  } finally {
    await sql(lab.postgres, 'postgres', 'DROP DATABASE IF EXISTS scratch WITH (FORCE)');
  }
}

function write(table: string): void {
  const { stdout } = spawnSync('pg_dump', ['--version'], { encoding: 'utf-8' });
  const versions = `${new Date().toISOString().slice(0, 10)}, seed ${SEED}. PostgreSQL ${stdout?.match(/\d+\.\d+/)?.[0]}, s3rver, Node ${process.versions.node}, ${process.platform}.`;
  writeFigures(PAGE, 'faults', `${table}\n\n${versions}`);
}
