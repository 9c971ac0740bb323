/**
 * Times a commit: our hooks against whole runs, `pnpm -r run type-check` and `pnpm -r run test`,
 * in a workspace of 50 small projects of which one is changed and staged. Writes the figures into docs/benchmarks.md.
 *
 *     node tools/bench-commit-hook.mjs [--rounds=5] [--projects=50]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { median, numberOf, say, writeFigures } from './figures.mjs';
import { onInterrupt } from './on-interrupt.mjs';
import { pathOfProgram } from './system-programs.mjs';

const REPOSITORY = join(import.meta.dirname, '..');
const PAGE = join(REPOSITORY, 'docs/benchmarks.md');
const ROUNDS = numberOf('rounds', 5);
const PROJECTS = numberOf('projects', 50);
/** So many projects build upon each other in a row; the one that is changed is the third of its row. */
const ROW = 5;
const CHANGED = Math.floor(PROJECTS / 2 / ROW) * ROW + 2;
const NX = '23.2.1';

let changes = 0;
const dir = mkdtempSync(join(tmpdir(), 'nx-harden-bench-'));
onInterrupt(async () => cleanUp());
try {
  pathOfProgram('pre-commit');
  await main();
} finally {
  cleanUp();
}

function cleanUp() {
  run('pnpm', ['exec', 'nx', 'daemon', '--stop'], { daemon: true, mayFail: true });
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

async function main() {
  say(`Building and packing the plugin`);
  run('nx', ['build', 'nx-harden'], { cwd: REPOSITORY });
  run('pnpm', ['pack', '--pack-destination', dir], { cwd: join(REPOSITORY, 'packages/nx-harden') });
  const tarball = readdirSync(dir).find((file) => file.endsWith('.tgz'));
  say(`Making a workspace of ${PROJECTS} projects`);
  makeWorkspace();
  run('pnpm', ['install', '--no-frozen-lockfile']);
  run('pnpm', ['add', '-Dw', `./${tarball}`]);
  say('Putting the hooks in');
  run('pnpm', ['exec', 'nx', 'g', '@chronos/nx-harden:pre-commit', 'web']);
  for (const args of [['init', '-q', '-b', 'main'], ['add', '-A'], ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', 'commit', '-qm', 'first']]) run('git', args);

  const ways = [
    { title: `whole runs: all ${PROJECTS} projects`, before: change, config: 'whole.yaml', daemon: false },
    { title: 'ours, no Nx daemon', before: change, daemon: false },
    { title: 'ours, with the Nx daemon, as on a laptop', before: change, daemon: true },
    { title: 'ours, no daemon, the same change again', before: () => {}, daemon: false },
    { title: "ours, no daemon, nothing of Nx's cache and graph", before: reset, daemon: false },
  ].map((way) => ({ ...way, seconds: /** @type {number[]} */ ([]) }));

  change();
  hooks({ daemon: true });
  for (let round = 1; round <= ROUNDS; round++) {
    for (const way of ways) {
      // Here it is heard when somebody stops it.
      await nextTurn();
      way.before();
      const start = performance.now();
      hooks(way);
      way.seconds.push((performance.now() - start) / 1000);
      say(`round ${round} of ${ROUNDS}: ${way.seconds.at(-1)?.toFixed(1)} s  ${way.title}`);
    }
  }
  const [whole] = ways;
  const rows = ways.map(({ title, seconds }) => `| ${title} | ${median(seconds).toFixed(1)} | ${Math.min(...seconds).toFixed(1)} to ${Math.max(...seconds).toFixed(1)} | ${(median(seconds) / median(whole?.seconds ?? [])).toFixed(2)} |`);
  const table = ['| a commit | median, s | all, s | ratio |', '| --- | --- | --- | --- |', ...rows].join('\n');
  console.log(`\n${table}\n\n${machine()}`);
  writeFigures(PAGE, 'commit-hook', `${table}\n\n${machine()}`);
  say('Written into docs/benchmarks.md');
}

function makeWorkspace() {
  const json = (/** @type {unknown} */ value) => `${JSON.stringify(value, null, 2)}\n`;
  const tools = { '@eslint/js': '^9.39.5', '@nx/devkit': NX, eslint: '^9.39.5', nx: NX, prettier: '^3.10.1', typescript: '~6.0.3', 'typescript-eslint': '^8.73.0', vite: '^8.3.8', vitest: '~4.1.12' };
  put('package.json', json({ name: 'bench', private: true, devDependencies: tools }));
  put('nx.json', json({ analytics: false, defaultBase: 'main', targetDefaults: { test: { cache: true }, typecheck: { cache: true } } }));
  put('pnpm-workspace.yaml', "packages:\n  - apps/*\n  - libs/*\nallowBuilds:\n  '@parcel/watcher': false\n  '@swc/core': true\n  esbuild: true\n  nx: true\n  unrs-resolver: true\n");
  put('.gitignore', 'node_modules\n.nx\n*.tgz\n');
  put('.prettierrc', json({ singleQuote: true }));
  put('.prettierignore', 'pnpm-lock.yaml\n.nx\n');
  put('eslint.config.mjs', "import js from '@eslint/js';\nimport tseslint from 'typescript-eslint';\n\nexport default tseslint.config(\n  js.configs.recommended,\n  tseslint.configs.recommended,\n);\n");
  put('apps/web/package.json', json({ name: '@bench/web', version: '0.0.1', private: true }));
  put('apps/web/next.config.mjs', 'export default {};\n');
  const hook = (/** @type {string} */ id) => `      - id: ${id}\n        name: ${id}\n        entry: pnpm -r run ${id}\n        language: system\n        pass_filenames: false\n`;
  put('whole.yaml', `repos:\n  - repo: local\n    hooks:\n${hook('type-check')}${hook('test')}`);
  for (let index = 0; index < PROJECTS; index++) makeProject(index, json);
}

/** @param {number} index @param {(value: unknown) => string} json */
function makeProject(index, json) {
  const root = `libs/p${index}`;
  const before = index % ROW === 0 ? undefined : `@bench/p${index - 1}`;
  const compilerOptions = { strict: true, module: 'esnext', moduleResolution: 'bundler', skipLibCheck: true, types: [] };
  const scripts = { 'type-check': 'tsc --noEmit', typecheck: 'tsc --noEmit', test: 'vitest run' };
  put(`${root}/package.json`, json({ name: `@bench/p${index}`, version: '0.0.1', private: true, type: 'module', exports: './src/index.ts', scripts, dependencies: before ? { [before]: 'workspace:*' } : {} }));
  put(`${root}/tsconfig.json`, json({ compilerOptions, include: ['src'] }));
  put(`${root}/src/add.ts`, 'export function add(a: number, b: number): number {\n  return a + b;\n}\n');
  put(`${root}/src/words.ts`, "export function words(text: string): string[] {\n  return text.split(' ').filter(Boolean);\n}\n");
  put(`${root}/src/index.ts`, `${before ? `import { level as before } from '${before}';\n` : ''}export { add } from './add';\nexport { words } from './words';\n\nexport const level: number = ${before ? 'before + 1' : '0'};\n`);
  put(`${root}/src/index.spec.ts`, `import { expect, it } from 'vitest';\nimport { add, level } from './index';\n\nit('adds up', () => {\n  expect(add(level, 1)).toBe(${(index % ROW) + 1});\n});\n`);
}

/** What Nx has not seen yet, so that no result of it can be in its cache. */
function change() {
  put(`libs/p${CHANGED}/src/change.ts`, `export const change = ${++changes};\n`);
  run('git', ['add', '-A']);
}

function reset() {
  change();
  run('pnpm', ['exec', 'nx', 'reset']);
}

/** @param {{ config?: string, daemon: boolean }} way */
function hooks({ config = '.pre-commit-config.yaml', daemon }) {
  run('pre-commit', ['run', '--config', config], { daemon });
}

/** @param {string} path @param {string} content */
function put(path, content) {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), content);
}

/** @param {string} command @param {string[]} args @param {{ cwd?: string, daemon?: boolean, mayFail?: boolean }} [options] */
function run(command, args, { cwd = dir, daemon = false, mayFail = false } = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(NX_|npm_|PNPM_|CI$|NODE_ENV$|FORCE_COLOR$)/.test(name));
  const env = {
    ...Object.fromEntries(inherited),
    PATH: [join(REPOSITORY, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
    NO_COLOR: '1',
    NX_DAEMON: String(daemon),
    PNPM_CONFIG_STRICT_DEP_BUILDS: 'false',
    PRE_COMMIT_HOME: join(dir, '.nx/pre-commit'),
  };
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf-8', maxBuffer: 1024 ** 3 });
  if ((error || status !== 0) && !mayFail) throw new Error(`${command} ${args.join(' ')} failed in ${cwd}:\n${error?.message ?? ''}${stdout}${stderr}`);
  return stdout ?? '';
}

function machine() {
  const versionOf = (/** @type {string} */ name) => JSON.parse(readFileSync(join(dir, 'node_modules', name, 'package.json'), 'utf-8')).version;
  const parts = [`${cpus().length} cores (${cpus()[0]?.model.trim()})`, `${Math.round(totalmem() / 1024 ** 3)} GB`, `${process.platform}`, `Node ${run('node', ['--version']).trim().slice(1)}`, `pnpm ${run('pnpm', ['--version']).trim()}`];
  const tools = ['nx', 'typescript', 'vitest', 'eslint', 'prettier', 'secretlint'].map((name) => `${name} ${versionOf(name)}`);
  return `${new Date().toISOString().slice(0, 10)}, ${ROUNDS} rounds in turn, ${PROJECTS} projects, one changed on which two build. ${[...parts, ...tools, run('pre-commit', ['--version']).trim()].join(', ')}.`;
}
