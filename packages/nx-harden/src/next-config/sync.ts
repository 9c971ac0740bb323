import type { Tree } from '@nx/devkit';
import type { ManualStep } from '../capability';
import { unwrapNextConfig, wrapNextConfig } from '../edits/next-config';
import type { HardeningFile } from '../hardening-file';
import { inDir, type NextApp } from '../next-app';
import { removeOwnFile, writeOwnFile } from '../own-file';
import { capabilities } from '../registry';
import type { NextConfigContribution } from './contribution';
import { mergeContributions } from './merge';
import { renderNextConfigFiles } from './render';

const SHARED = 'next-config';

/**
 * Makes `hardening/next-config.cjs` what the capabilities that are on put into it, and keeps its one seam in the
 * user's config. When nothing is put into it any more, both go.
 */
export function syncNextConfig(tree: Tree, app: NextApp, file: HardeningFile): ManualStep[] {
  const contributions = capabilities
    .filter(({ id }) => id in file.capabilities)
    .map(({ nextConfig }) => nextConfig?.(tree, app, file.capabilities))
    .filter((contribution) => contribution !== undefined);
  return contributions.length > 0 ? put(tree, app, file, contributions) : takeOut(tree, app, file);
}

function put(tree: Tree, app: NextApp, file: HardeningFile, contributions: NextConfigContribution[]): ManualStep[] {
  const record = (file.shared[SHARED] ??= { files: {} });
  const files = renderNextConfigFiles(mergeContributions(contributions));
  const steps = Object.entries(files).map(([name, content]) =>
    writeOwnFile(tree, app.root, record.files, inDir(app.root, `hardening/${name}`), content),
  );
  const wrapped = wrapNextConfig(tree, app);
  if (app.configFile === undefined && wrapped.status === 'changed') record.madeConfig = true;
  return [...steps, stepOf(wrapped)].filter((step) => step !== undefined);
}

function takeOut(tree: Tree, app: NextApp, file: HardeningFile): ManualStep[] {
  const record = file.shared[SHARED];
  if (!record) return [];
  // The seam first: a config that requires a file which is gone does not load.
  const unwrapped = stepOf(unwrapNextConfig(tree, app, { isOurs: record.madeConfig }));
  delete file.shared[SHARED];
  if (unwrapped) return [unwrapped];
  return Object.keys(record.files)
    .map((recorded) => removeOwnFile(tree, app.root, record.files, recorded))
    .filter((step) => step !== undefined);
}

function stepOf(result: ReturnType<typeof wrapNextConfig>): ManualStep | undefined {
  return result.status === 'manual' ? result.step : undefined;
}
