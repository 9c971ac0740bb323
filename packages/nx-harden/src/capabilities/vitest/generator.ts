import { join, posix } from 'node:path';
import { measureFloor } from '../../coverage/measure';
import { EMPTY_FLOOR, FLOOR_FILE } from '../../coverage/floor';
import { fromRecordedPath } from '../../hardening-file';
import type { HardeningRun } from '../../hardening-run';
import type { ReadTree } from '../../capability';
import { inDir, type NextApp } from '../../next-app';
import { nxGenerator } from '../../nx-generator';
import { renderTemplate } from '../../template';
import { addTypeCheck } from '../../type-check';
import { ownE2eRunner } from '../playwright/e2e-runner';
import { isVite8 } from './entries';
import { aliasesOf } from '../../script-imports';
import { writeExamples } from './examples';
import type { VitestOptions } from './schema';
import { findTestRunner, ownTestRunner, vitestPluginTarget, type TestRunner } from './test-runner';

const FILES = join(__dirname, 'files');

/** Vitest for the app, unless the team has a test runner: that one is kept, and given a target where it has none. */
export async function generate(run: HardeningRun<VitestOptions>): Promise<void> {
  const { tree, app, options, record } = run;
  addTypeCheck(run as HardeningRun<never>);
  const own = ownTestRunner(tree, app, record);
  if (own) return keep(run, own);

  const config = findTestRunner(tree, app)?.file;
  if (config !== undefined && !run.isOurs(config)) return keepRenamed(run, config);

  const ts = app.language === 'ts';
  const ext = ts ? 'ts' : 'js';
  const vite8 = isVite8(app, tree);
  const hasExamples = writeExamples(run as HardeningRun<never>);
  const values = {
    ts,
    app: app.shortName,
    isVite8: vite8,
    plugins: vite8 ? 'react()' : 'react(), tsconfigPaths()',
    hasJsxInJs: !ts,
    hasExamples,
    environment: options.environment,
    aliases: ts ? [] : aliasesOf(tree, app),
    elsewhere: elsewhere(tree, app),
    // A library of the workspace may be imported as source.
    workspaceRoot: posix.relative(inDir(app.root, 'test'), '.'),
  };
  run.ownFile(inDir(app.root, `vitest.config.m${ext}`), renderTemplate(join(FILES, 'vitest.config.template'), values));
  run.ownFile(inDir(app.root, `test/setup.${ext}`), renderTemplate(join(FILES, 'setup.template'), values));
  if (ts) run.ownFile(inDir(app.root, 'test/tsconfig.json'), renderTemplate(join(FILES, 'tsconfig.json.template'), values));
  const isFirst = !tree.exists(inDir(app.root, FLOOR_FILE));
  run.stateFile(inDir(app.root, FLOOR_FILE), EMPTY_FLOOR);

  // The plugin that infers Vitest's targets takes the config for what it is.
  if (vitestPluginTarget(tree) === undefined) run.target('test', 'vitest');
  run.target('test-watch', 'vitest-watch');
  run.target('coverage', 'coverage');
  if (isFirst && hasExamples) run.afterInstall({ title: `Running the tests of ${app.shortName}, to note what they cover`, run: (root) => measureFloor(join(root, app.root), app.shortName) });
}

/** Folders whose tests are not ours to run: another runner's, and other projects' where the app is the workspace. */
function elsewhere(tree: ReadTree, app: NextApp): string[] {
  const e2e = ownE2eRunner(tree, app);
  const config = e2e?.kind === 'playwright' && e2e.dir === app.root && e2e.file ? (tree.read(e2e.file, 'utf-8') ?? '') : '';
  const testDir = /\btestDir:\s*['"`](?:\.\/)?([\w./-]+?)\/?['"`]/.exec(config)?.[1];
  return [...(testDir && testDir !== 'e2e' && testDir !== '.' ? [testDir] : []), ...(app.root === '.' ? ['apps', 'libs', 'packages'].filter((dir) => tree.children(dir).length > 0) : [])];
}

/** Our config under another name is the team's to keep up to date; nothing else changes. */
function keepRenamed(run: HardeningRun<VitestOptions>, config: string): void {
  for (const recorded of Object.keys(run.record.files)) run.keepFile(fromRecordedPath(run.app.root, recorded));
  for (const [name, kind] of Object.entries(run.record.targets ?? {})) run.target(name, kind);
  run.manual({ file: config, why: 'Our config has been renamed, so it is left to you. To have it kept up to date again, give it its name back:', lines: `git mv ${config} ${inDir(run.app.root, `vitest.config.m${run.app.language === 'ts' ? 'ts' : 'js'}`)}` });
}

/** Nothing of ours goes beside the team's own; but CI runs `nx affected -t test`, which has to find it. */
function keep(run: HardeningRun<VitestOptions>, { kind, file, target, failure }: TestRunner): void {
  if (failure !== undefined) throw new Error(`${file} cannot be read: ${failure}. Mend it and run again.`);
  if (target === undefined && kind !== 'other') run.target('test', kind);
}

export default nxGenerator('vitest');
