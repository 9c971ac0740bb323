/**
 * Shows the whole on one app: `npx pnpm@12 demo`, or `npx pnpm@12 demo --app PATH` on a copy of your own.
 * Ends with the hardened app in a temporary folder and the commands to go on with.
 */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commitAll, initRepository, status } from '../e2e/src/git.ts';
import { startNext } from '../e2e/src/next-server.ts';
import { packPlugin } from '../e2e/src/package.ts';
import { attempt, REPOSITORY, run } from '../e2e/src/shell.ts';
import { createNextWorkspace } from '../e2e/src/workspace.ts';
import { chooseApp, copyUserApp, installWith } from './demo-app.mjs';
import { DemoError, Progress } from './demo-progress.mjs';
import { auditTable, compareHeaders, fetchHeaders, generatorChanges } from './demo-report.mjs';
import { onInterrupt } from './on-interrupt.mjs';
import { endChildren } from './process-tree.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

const USAGE = 'Usage: npx pnpm@12 demo [--app PATH]   (PATH: a Next app, or an Nx workspace with one; it is copied, not changed)';
const STEPS = 10;

/** @type {{ values: { app?: string, help?: boolean } }} */
let given;
try {
  given = parseArgs({ options: { app: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  process.exit(2);
}
if (given.values.help) {
  console.log(USAGE);
  process.exit(0);
}

const scratch = await mkdtemp(join(tmpdir(), 'nx-harden-demo-'));
const logPath = join(scratch, 'demo.log');
const progress = new Progress({ total: STEPS, logPath });

const isInterrupted = onInterrupt(async () => {
  progress.stop();
  await endChildren();
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  console.log('Stopped. Nothing is left running, and the temporary folder is gone.');
});

try {
  await ensureSystemPackages('demo');
  await demo(given.values.app);
} catch (error) {
  if (!isInterrupted()) await fail(error);
}

/**
 * Says what went wrong and where all output is to be read, and leaves nothing else behind.
 * @param {unknown} error
 */
async function fail(error) {
  const kept = join(tmpdir(), `nx-harden-demo-${process.pid}.log`);
  progress.stop();
  await endChildren();
  await rename(logPath, kept);
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  console.error(`\n${error instanceof DemoError ? error.message : error instanceof Error ? error.stack : error}\n\nAll that was said: ${kept}`);
  process.exitCode = 1;
}

/** @param {string | undefined} userApp */
async function demo(userApp) {
  const tarball = await progress.step('Build and pack the plugin', async (onLine) => {
    await run('nx', ['build', 'nx-harden'], REPOSITORY, { onLine });
    await mkdir(join(scratch, 'tarball'));
    return packPlugin(join(scratch, 'tarball'));
  });

  const workspace = await progress.step(userApp ? `Copy ${userApp}` : 'Make an Nx workspace with a Next app', async (onLine) =>
    userApp ? copyUserApp(userApp, scratch) : { dir: await createNextWorkspace(scratch, 'acme', onLine), appRoot: 'apps/web' },
  );
  const { dir } = workspace;
  const nx = (/** @type {string[]} */ args, /** @type {(line: string) => void} */ onLine) => run(join(dir, 'node_modules/.bin/nx'), args, dir, { onLine });

  const app = await progress.step('Add the plugin', async (onLine) => {
    await initRepository(dir);
    await installWith(dir, tarball, onLine);
    await nx(['g', '@chronos/nx-harden:init'], onLine);
    return chooseApp(workspace);
  });
  const shortName = app.name.slice(app.name.lastIndexOf('/') + 1);
  const appDir = join(dir, app.root);

  const headersBefore = await progress.step('Build it as it is, serve it, look at its headers', async (onLine) => {
    await nx(['build', app.name], onLine);
    await commitAll(dir, 'the app, with the plugin added');
    return headersOf(appDir);
  });
  progress.print(`\n${await progress.step(`Audit before: nx run ${shortName}:audit`, () => audit(dir, app.name))}\n`);

  const changes = await progress.step(`Harden it: nx g @chronos/nx-harden:harden ${shortName}`, (onLine) => nx(['g', '@chronos/nx-harden:harden', app.name], onLine));
  progress.print(`\n${generatorChanges(changes)}\n`);
  await progress.step('Build it', async (onLine) => {
    await nx(['build', app.name], onLine);
    await commitAll(dir, 'hardened');
  });
  const headersAfter = await progress.step('Serve it, look at its headers', () => headersOf(appDir));
  progress.print(`\n${compareHeaders(headersBefore, headersAfter, progress.out.columns || 120)}\n`);
  progress.print(`\n${await progress.step('Audit after', () => audit(dir, app.name))}\n`);
  await progress.step('Harden it again: nothing changes', async (onLine) => {
    await nx(['g', '@chronos/nx-harden:harden', app.name], onLine);
    const changed = await status(dir);
    if (changed !== '') throw new DemoError(`A second run changed what it should not have:\n${changed}`);
  });
  progress.stop();
  progress.print(`\nDone in ${progress.elapsed()}. The hardened app: ${appDir}\n\n${goOn(dir, app.root, shortName)}`);
}

/** @param {string} appDir */
async function headersOf(appDir) {
  const server = await startNext(appDir);
  try {
    return await fetchHeaders(server.url);
  } finally {
    await server.stop();
  }
}

/**
 * The audit's table; that it finds something is no failure here.
 * @param {string} dir
 * @param {string} name
 */
async function audit(dir, name) {
  /** @type {Record<string, string>} */
  const env = process.stdout.isTTY && !process.env['NO_COLOR'] ? { NO_COLOR: '', FORCE_COLOR: '1' } : {};
  const { output } = await attempt(join(dir, 'node_modules/.bin/nx'), ['run', `${name}:audit`], dir, { env });
  return auditTable(output);
}

/**
 * @param {string} dir
 * @param {string} root
 * @param {string} shortName
 */
function goOn(dir, root, shortName) {
  const nx = './node_modules/.bin/nx';
  const commands = [
    [`cd ${dir}`, ''],
    ['git diff HEAD~1', 'what the hardening changed'],
    [`${nx} run ${shortName}:audit`, 'the audit'],
    [`${nx} test ${shortName} && ${nx} e2e ${shortName}`, 'its tests, unit and end to end'],
    [`(cd ${root} && npx next start)`, 'the app on http://localhost:3000'],
    [`${nx} g @chronos/nx-harden:remove --all`, 'without a trace again'],
    [`rm -r ${scratch}`, 'away with all of it'],
  ];
  const width = Math.max(...commands.map(([command = '', what]) => (what ? command.length : 0)));
  return ['Go on with:', ...commands.map(([command = '', what]) => `  ${command.padEnd(width)}  ${what}`.trimEnd())].join('\n');
}
