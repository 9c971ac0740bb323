import { join } from 'node:path';
import { measureFloor } from '../../coverage/measure';
import { EMPTY_FLOOR, FLOOR_FILE } from '../../coverage/floor';
import type { HardeningRun } from '../../hardening-run';
import { inDir } from '../../next-app';
import { nxGenerator } from '../../nx-generator';
import { renderTemplate } from '../../template';
import { addTypeCheck } from '../../type-check';
import { isVite8 } from './entries';
import { writeExamples } from './examples';
import type { VitestOptions } from './schema';
import { ownTestRunner, vitestPluginTarget, type TestRunner } from './test-runner';

const FILES = join(__dirname, 'files');

/** Vitest for the app, unless the team has a test runner: that one is kept, and given a target where it has none. */
export async function generate(run: HardeningRun<VitestOptions>): Promise<void> {
  const { tree, app, options, record } = run;
  addTypeCheck(run as HardeningRun<never>);
  const own = ownTestRunner(tree, app, record);
  if (own) return keep(run, own);

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

/** Nothing of ours goes beside the team's own; but CI runs `nx affected -t test`, which has to find it. */
function keep(run: HardeningRun<VitestOptions>, { kind, file, target, failure }: TestRunner): void {
  if (failure !== undefined) throw new Error(`${file} cannot be read: ${failure}. Mend it and run again.`);
  if (target === undefined && kind !== 'other') run.target('test', kind);
}

export default nxGenerator('vitest');
