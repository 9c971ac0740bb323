import { installPackagesTask, logger, type GeneratorCallback, type Tree } from '@nx/devkit';
import type { Left } from './apply-capabilities';
import { formatOwnFiles } from './format-own-files';
import { reportManualSteps } from './manual-steps';

/**
 * Ends a run: formats what is ours, and hands back to Nx what is done when the files are on disk: installs the packages when a manifest has
 * changed, runs the follow-ups, and says last what is left to a person, and `closing`.
 */
export async function finishRun(tree: Tree, { steps, followUps }: Left, closing?: string): Promise<GeneratorCallback> {
  await formatOwnFiles(tree);
  const needsInstall = tree.listChanges().some(({ path }) => path.endsWith('package.json'));
  return async () => {
    const isInstalled = !needsInstall || install(tree);
    for (const { title, run } of isInstalled ? followUps : []) {
      logger.info(`${title} …`);
      logger.info(await run(tree.root));
    }
    reportManualSteps(steps);
    if (closing) logger.info(closing);
  };
}

function install(tree: Tree): boolean {
  try {
    // Nx installs by itself only for a change of the workspace's own manifest.
    installPackagesTask(tree, true);
    return true;
  } catch (error) {
    // The package manager has said what it did not like, right above.
    logger.warn(`The files are written, but the packages could not be installed: ${(error as Error).message.split('\n')[0]}. Mend it and install them.`);
    return false;
  }
}
