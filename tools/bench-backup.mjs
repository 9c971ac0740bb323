/**
 * Times a backup and a restore of a CMS-like database: the plan's own script (pg_dump, gzip, the aws CLI) and `backup-db` into
 * the same local S3 server, `gunzip | psql` and `restore-db`, and what pg_dump needs alone. Writes the figures into docs/benchmarks.md.
 *
 *     nx build nx-harden && node tools/bench-backup.mjs [--rounds=5] [--megabytes=1500] [--large=6000] [--server=s3rver|moto] [--no-write]
 *
 * `--large` is the size of a second database, which only shows that memory does not grow with it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import { makeCmsDatabase, psql } from './backup-lab/cms-database.mjs';
import { backupTable, memoryTable, restoreTable } from './backup-lab/backup-tables.mjs';
import { megabytes, needPlace, numberOf, say, writeFigures } from './figures.mjs';
import { measure } from './backup-lab/measured-process.mjs';
import { writePlanScript } from './backup-lab/plan-script.mjs';
import { startPostgres } from './backup-lab/postgres.mjs';
import { startS3Server } from './backup-lab/s3-server.mjs';
import { onInterrupt } from './on-interrupt.mjs';

/** @typedef {import('./backup-lab/backup-tables.mjs').Measurement} Measurement */
/** @typedef {Pick<Measurement, 'title' | 'kind'> & { run: () => Promise<import('./backup-lab/measured-process.mjs').Measured>, prefix?: string, jobs?: number }} Way */

const PAGE = join(import.meta.dirname, '../docs/benchmarks.md');
const EXECUTOR = join(import.meta.dirname, 'backup-lab/run-executor.mjs');
const ROUNDS = numberOf('rounds', 5);
const BYTES = numberOf('megabytes', 1_500) * 1e6;
const LARGE = numberOf('large', 6_000) * 1e6;
const SERVER = process.argv.includes('--server=moto') ? 'moto' : 's3rver';
const WRITES = !process.argv.includes('--no-write');

if (WRITES) needPlace(PAGE, 'backup');
if (!existsSync(join(import.meta.dirname, '../packages/nx-harden/dist/executors/backup-db/executor.js'))) throw new Error('The plugin is not built. Run: nx build nx-harden');
const dir = mkdtempSync(join(tmpdir(), 'nx-harden-bench-backup-'));
/** @type {(() => Promise<void>)[]} */
const ends = [async () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 })];
const cleanUp = async () => {
  for (let end = ends.pop(); end; end = ends.pop()) await end();
};
onInterrupt(cleanUp);
try {
  await main();
} finally {
  await cleanUp();
}

async function main() {
  const postgres = await startPostgres();
  ends.push(() => postgres.stop());
  const s3 = await startS3Server(SERVER);
  ends.push(() => s3.stop());
  const bench = benchOf(postgres, s3);

  say(`Making a database of ${megabytes(BYTES)} MB`);
  await bench.makeDatabase('cms', BYTES);
  const dumps = await inTurn(bench.dumps(), async ({ prefix }) => {
    if (prefix) bench.empty(prefix);
  }, ({ prefix }) => (prefix ? bench.sizeOf(prefix) : 0));
  const dumpFigures = backupTable(dumps);
  console.log(`\n${dumpFigures}\n`);

  const restores = await inTurn(bench.restores(), () => bench.freshTarget(), () => 0);
  const restoreFigures = restoreTable(restores);
  console.log(`\n${restoreFigures}\n`);

  say(`Making a database of ${megabytes(LARGE)} MB, for the memory`);
  await bench.makeDatabase('large', LARGE);
  const pairs = [];
  for (const small of dumps) {
    if (!small.jobs) continue;
    const large = await bench.backUp('large', small.jobs);
    say(`${large.seconds.toFixed(1)} s, ${megabytes(large.peakBytes)} MB: ${small.title}`);
    pairs.push({ small, large });
  }
  const figures = [dumpFigures, restoreFigures, memoryTable(pairs, [BYTES, LARGE]), machine(postgres)].join('\n\n');
  console.log(`\n${figures}`);
  if (!WRITES) return;
  writeFigures(PAGE, 'backup', figures);
  say('Written into docs/benchmarks.md');
}

/**
 * All that is done to one database server and one S3 server.
 * @param {import('./backup-lab/postgres.mjs').Postgres} postgres @param {import('./backup-lab/s3-server.mjs').S3Server} s3
 */
function benchOf(postgres, s3) {
  const work = join(dir, 'work');
  const temporary = join(work, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PG|AWS_|NX_|GITHUB_|BACKUP_|DATABASE_|POSTGRES_|DIRECT_)/.test(name));
  const env = { ...Object.fromEntries(inherited), PATH: [postgres.bin, process.env['PATH']].join(delimiter), TMPDIR: temporary, ...s3.env };
  const plan = writePlanScript(join(work, 'plan'), postgres.urlOf('cms'), s3.bucket);
  const address = (/** @type {string} */ prefix) => `s3://${s3.bucket}/${prefix}`;
  const ours = (/** @type {string} */ executor, /** @type {object} */ options, /** @type {NodeJS.ProcessEnv} */ more) => measure(process.execPath, [EXECUTOR, executor, JSON.stringify(options)], { cwd: work, env: { ...env, ...more }, watch: work });
  const aws = (/** @type {string[]} */ args, mayFail = false) => {
    const { status, stdout, stderr, error } = spawnSync('aws', args, { env, encoding: 'utf-8' });
    if ((error || status !== 0) && !mayFail) throw new Error(`aws ${args.join(' ')} failed: ${error?.message ?? stderr}`);
    return stdout ?? '';
  };
  const copy = join(work, 'plan.sql.gz');
  const prefixOf = (/** @type {string} */ database, /** @type {number} */ jobs) => `ours-${database}-${jobs}`;
  const backUp = (/** @type {string} */ database, /** @type {number} */ jobs) => ours('backup-db', { to: `${address(prefixOf(database, jobs))}?endpoint=${encodeURIComponent(s3.endpoint)}`, jobs, prune: 'off' }, { DATABASE_URL: postgres.urlOf(database) });
  const restore = (/** @type {number} */ jobs) => ours('restore-db', { from: `${address(prefixOf('cms', jobs))}?endpoint=${encodeURIComponent(s3.endpoint)}`, database: 'cms', jobs: 2 }, { TARGET_DATABASE_URL: postgres.urlOf('target') });

  return {
    backUp,
    makeDatabase: async (/** @type {string} */ name, /** @type {number} */ bytes) => {
      await psql({ url: postgres.url, bin: postgres.bin, sql: `create database ${name}` });
      await makeCmsDatabase({ url: postgres.urlOf(name), bin: postgres.bin, bytes });
      await psql({ url: postgres.url, bin: postgres.bin, sql: 'checkpoint' });
    },
    /** @returns {Way[]} */
    dumps: () => [
      { title: "the plan's script", kind: 'plan', prefix: 'database/', run: () => measure('bash', [plan.file], { cwd: plan.dir, env: { ...env, ...plan.env }, watch: work }) },
      { title: '`pg_dump -Fc -Z0 > /dev/null`', kind: 'floor', run: () => measure('pg_dump', ['-Fc', '-Z0', postgres.urlOf('cms')], { env, stdout: 'ignore', watch: work }) },
      ...[1, 2].map((jobs) => /** @type {Way} */ ({ title: `\`backup-db --jobs=${jobs}\``, kind: 'ours', jobs, prefix: `${prefixOf('cms', jobs)}/`, run: () => backUp('cms', jobs) })),
    ],
    /** @returns {Way[]} */
    restores: () => {
      const key = aws(['s3', 'ls', address('database/')]).trim().split('\n').at(-1)?.split(/\s+/).at(-1);
      aws(['s3', 'cp', '--only-show-errors', address(`database/${key}`), copy]);
      const script = `set -o pipefail; gunzip -c "$0" | psql -X -q -v ON_ERROR_STOP=1 "$1" > /dev/null`;
      return [
        { title: '`gunzip \\| psql` of the plan\'s dump, from a file', kind: 'plan', run: () => measure('bash', ['-c', script, copy, postgres.urlOf('target')], { env }) },
        { title: '`restore-db --jobs=2`, of one archive, from S3', kind: 'ours', run: () => restore(1) },
        { title: '`restore-db --jobs=2`, of two parts, from S3', kind: 'ours', run: () => restore(2) },
      ];
    },
    freshTarget: async () => {
      for (const sql of ['drop database if exists target', 'create database target', 'checkpoint']) await psql({ url: postgres.url, bin: postgres.bin, sql });
    },
    // An empty prefix is an error for the CLI.
    empty: (/** @type {string} */ prefix) => void aws(['s3', 'rm', '--recursive', '--only-show-errors', address(prefix)], true),
    sizeOf: (/** @type {string} */ prefix) => Number(aws(['s3', 'ls', '--recursive', '--summarize', address(prefix)]).match(/Total Size: (\d+)/)?.[1]),
  };
}

/**
 * Runs all ways in turn, so that what the machine does meanwhile falls on all of them.
 * @param {Way[]} ways @param {(way: Way) => Promise<void>} before @param {(way: Way) => number} after bytes that it stored
 * @returns {Promise<(Way & Measurement)[]>}
 */
async function inTurn(ways, before, after) {
  const measured = ways.map((way) => ({ ...way, runs: /** @type {Measurement['runs']} */ ([]), stored: 0 }));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const way of measured) {
      await before(way);
      const run = await way.run();
      way.runs.push(run);
      way.stored = after(way);
      say(`round ${round} of ${ROUNDS}: ${run.seconds.toFixed(1)} s, load ${loadavg()[0]?.toFixed(1)}  ${way.title}`);
    }
  }
  return measured;
}

/** @param {import('./backup-lab/postgres.mjs').Postgres} postgres */
function machine({ version }) {
  const aws = spawnSync('aws', ['--version'], { encoding: 'utf-8' }).stdout.split(' ')[0]?.replace('aws-cli/', 'aws-cli ');
  return `${new Date().toISOString().slice(0, 10)}, ${ROUNDS} rounds in turn, a database that dumps to about ${megabytes(BYTES)} MB of SQL, all on one machine: ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GB, ${process.platform}, Node ${process.version.slice(1)}, PostgreSQL ${version} (its own settings, fsync off), ${SERVER}, ${aws}.`;
}
