import type { HardeningRun } from '../../hardening-run';
import { fromRecordedPath } from '../../hardening-file';
import { nxGenerator } from '../../nx-generator';
import type { CiOptions } from './schema';
import { addUpdates } from './updates';
import { SUMMARY } from './e2e-jobs';
import { renderPart } from './parts';
import { isAnyTested, type CiApp } from './tested-apps';
import { renderWorkflow } from './workflow';

const WORKFLOW = '.github/workflows/ci.yml';
/** Where ours goes when the team has a ci.yml of its own. */
const BESIDE = '.github/workflows/nx-harden-ci.yml';

/** One workflow for the workspace, with the deploys of all apps that have CI on. */
export async function generate(run: HardeningRun<CiOptions>): Promise<void> {
  const { tree, app, options, record } = run;
  const isOurs = Object.keys(record.files).some((recorded) => fromRecordedPath(app.root, recorded) === WORKFLOW);
  const theirs = [...(isOurs ? [] : [WORKFLOW]), '.github/workflows/ci.yaml'].find((file) => tree.exists(file));
  const path = theirs ? BESIDE : WORKFLOW;
  const apps: CiApp[] = [{ app, options, active: run.active }, ...run.siblings.map(({ app: sibling, options: chosen, file }) => ({ app: sibling, options: chosen, active: file.capabilities }))].sort((a, b) => (a.app.root < b.app.root ? -1 : 1));
  run.ownFile(path, renderWorkflow(tree, path === BESIDE ? 'CI (nx-harden)' : 'CI', apps));
  if (isAnyTested(apps)) run.ownFile(SUMMARY, renderPart('test-summary.mjs', {}));
  if (theirs) {
    run.manual({
      file: theirs,
      why: `It is yours, so ours is ${BESIDE}. Two workflows now check each pull request. Compare them, and keep one:`,
      lines: `diff ${theirs} ${BESIDE}`,
    });
  }
  addUpdates(run);
}

export default nxGenerator('ci');
