import { logger, type GeneratorCallback, type Tree } from '@nx/devkit';
import { registerPlugin } from '../../edits/nx-json';
import { hardeningFilePath, printHardeningFile, readHardeningFile } from '../../hardening-file';
import { findNextProjects, shortNameOf } from '../../project';
import { assertVersionsAgree } from './versions-agree';

/** Registers the plugin, and gives each Next app a `hardening.json`, so that `nx run <app>:audit` works at once. */
export default async function init(tree: Tree): Promise<GeneratorCallback> {
  assertVersionsAgree(tree);
  registerPlugin(tree);
  const apps = findNextProjects(tree);
  for (const { root } of apps) {
    const path = hardeningFilePath(root);
    if (!tree.exists(path)) tree.write(path, printHardeningFile({ ...readHardeningFile(tree, root), audited: true }));
  }
  return () => logger.info(nextSteps(apps.map(({ name }) => shortNameOf(name))));
}

function nextSteps([first, ...others]: string[]): string {
  if (first === undefined) return 'nx-harden is set up. There is no Next app here yet; nx g @nx/next:app apps/web makes one.';
  const also = others.length > 0 ? ` (and ${others.join(', ')})` : '';
  return [
    `nx-harden is set up for ${first}${also}.`,
    `  nx run ${first}:audit                     shows what is not protected`,
    `  nx g @chronos/nx-harden:harden ${first}   protects it`,
  ].join('\n');
}
