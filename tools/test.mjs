/**
 * All that has to hold: `npx pnpm@12 test`. Ends with a line `N passed, N failed`, and exits with 1 when anything failed.
 */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { onInterrupt } from './on-interrupt.mjs';
import { endProcessTree } from './process-tree.mjs';
import { ensureSystemPackages } from './system-packages.mjs';
import { addUp, readResults } from './test-results.mjs';

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'nx-harden-test-'));

/** Nx would show what passes only when it is over, which takes minutes. */
const STREAM = '--output-style=stream-without-prefixes';

/**
 * Where the projects that have tests report them: a project whose report is missing is noticed, also a new one.
 * @param {string} projects - a glob
 */
function reportsOf(projects) {
  const configs = globSync(`${projects}/vitest.config.mts`, { cwd: root });
  if (configs.length === 0) throw new Error(`${projects} holds no vitest.config.mts: there is nothing that could have been tested`);
  return configs.map((config) => join(dirname(config), 'test-output/results.json'));
}

/**
 * Steps in order, cheapest first. The end-to-end tests run alone: they time servers, and two cores are few.
 * @type {{ title: string, command: string[], results?: string[] }[]}
 */
const STEPS = [
  { title: 'Derived files', command: ['jiti', 'tools/sync.ts', '--check'] },
  { title: 'Lint, types, build', command: ['nx', 'run-many', '-t', 'lint', 'typecheck', 'build'] },
  { title: 'Unit tests', command: ['nx', 'run-many', '-t', 'test', STREAM], results: reportsOf('packages/*') },
  { title: 'End-to-end tests', command: ['nx', 'run-many', '-t', 'e2e', STREAM], results: reportsOf('e2e') },
];

/** @type {import('node:child_process').ChildProcess | undefined} */
let running;

/**
 * Runs a program with its output going straight to ours.
 * @param {string[]} command
 * @returns {Promise<number>} its exit code
 */
function runStep([program = '', ...args]) {
  return new Promise((resolve, reject) => {
    running = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      // A process group of its own: an interrupt reaches this script first, which then ends all of them in order.
      detached: true,
      env: {
        ...process.env,
        PATH: [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
        // A daemon would outlive the tests, and may believe that results which were deleted are still there.
        NX_DAEMON: 'false',
        NX_TUI: 'false',
        NX_HARDEN_TMPDIR: scratch,
      },
    });
    running.on('error', reject);
    // What an interrupt ended has no outcome, and nothing comes after it.
    running.on('close', (code) => !isInterrupted() && resolve(code ?? 1));
  });
}

function cleanUp() {
  if (process.env['NX_HARDEN_KEEP']) console.log(`Kept: ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}

const isInterrupted = onInterrupt(async () => {
  if (running?.pid) await endProcessTree(running.pid);
  cleanUp();
  console.log('\nStopped.');
});

async function main() {
  await ensureSystemPackages('test');
  // A report of an earlier run must not count for this one. Nx puts it back on a cache hit.
  for (const { results = [] } of STEPS) for (const path of results) rmSync(join(root, path), { force: true });

  let passed = 0;
  let failed = 0;
  const complaints = [];
  for (const { title, command, results = [] } of STEPS) {
    console.log(`\n── ${title}: ${command.join(' ')}`);
    const start = Date.now();
    const code = await runStep(command);
    const tally = addUp(results.map((path) => readResults(join(root, path))));
    if (code !== 0 && tally.failed === 0) {
      tally.failed = 1;
      tally.complaints.push(`${command.join(' ')} exited with ${code}`);
    }
    console.log(`── ${title}: ${tally.failed === 0 ? 'ok' : 'FAILED'} in ${Math.round((Date.now() - start) / 1000)} s`);
    passed += tally.passed;
    failed += tally.failed;
    complaints.push(...tally.complaints.map((line) => `${title}: ${line}`));
  }
  if (complaints.length > 0) console.log(`\n${complaints.join('\n')}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  cleanUp();
}
