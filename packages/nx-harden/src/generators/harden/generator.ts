import type { GeneratorCallback, Tree } from '@nx/devkit';
import { applyCapabilities } from '../../apply-capabilities';
import { finishRun } from '../../finish-run';
import { readHardeningFile } from '../../hardening-file';
import { readNextApp } from '../../next-app';
import { capabilities, capabilityById } from '../../registry';
import type { HardenOptions } from './schema';

const RECOMMENDED = capabilities.filter(({ recommended }) => recommended).map(({ id }) => id);

/** Puts the chosen protections in: those that were named or picked, else the recommended set and what is on already. */
export default async function harden(tree: Tree, { project, only, skip = [] }: HardenOptions): Promise<GeneratorCallback> {
  const named: readonly string[] = only ?? RECOMMENDED;
  const skipped: readonly string[] = skip;
  [...named, ...skipped].forEach(capabilityById);
  const app = readNextApp(tree, project);
  const on = Object.keys(readHardeningFile(tree, app.root).capabilities);
  const wanted = isRecommendedSet(named) ? [...new Set([...named, ...on])] : named;
  const ids = wanted.filter((id) => !skipped.includes(id));
  if (ids.length === 0) throw new Error('No protection is left to put in. Name some with --only, or skip fewer.');

  const left = await applyCapabilities(tree, app.name, ids.map((id) => ({ id, options: {} })));
  return finishRun(tree, left, `${app.shortName}: ${ids.join(', ')} ${ids.length === 1 ? 'is' : 'are'} in place. nx run ${app.shortName}:audit proves it.`);
}

/** Nx fills in the schema's default, so the recommended set stands for "nobody chose". */
function isRecommendedSet(ids: readonly string[]): boolean {
  return ids.length === RECOMMENDED.length && RECOMMENDED.every((id) => ids.includes(id));
}
