import { gte } from 'semver';
import type { HardeningRun } from './hardening-run';
import { writtenTarget } from './nx-plugins';

/** The first Next that writes the types of its routes without a build; what was generated is missing in a fresh clone. */
const HAS_TYPEGEN = '15.5.0';

/** Gives a TypeScript app the target `typecheck`, unless the team has one. */
export function addTypeCheck(run: HardeningRun<never>): void {
  const { tree, app } = run;
  if (app.language !== 'ts' || writtenTarget(tree, app.root, 'typecheck') !== undefined) return;
  run.target('typecheck', gte(app.nextVersion ?? HAS_TYPEGEN, HAS_TYPEGEN) ? 'typecheck-with-typegen' : 'typecheck');
}
