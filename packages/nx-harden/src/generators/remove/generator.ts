import { logger, type GeneratorCallback, type Tree } from '@nx/devkit';
import { finishRun } from '../../finish-run';
import { hardeningFilePath, readHardeningFile } from '../../hardening-file';
import { readNextApp } from '../../next-app';
import { capabilityById } from '../../registry';
import { removeCapabilities } from '../../remove-capabilities';
import type { RemoveOptions } from './schema';

/** Takes one protection out, or all of them. */
export default async function remove(tree: Tree, { id, project, all = false }: RemoveOptions): Promise<GeneratorCallback> {
  if (id === undefined && !all) throw new Error('Which protection? Name one (nx g @chronos/nx-harden:remove headers), or use --all.');
  const app = readNextApp(tree, project);
  const on = Object.keys(readHardeningFile(tree, app.root).capabilities);
  if (id !== undefined && !on.includes(capabilityById(id).id)) {
    return () => logger.info(`${id} is not on in ${app.shortName}. On: ${on.join(', ') || 'nothing'}.`);
  }
  const ids = id === undefined ? on : [id];
  const left = await removeCapabilities(tree, app, ids, { leaveNoTrace: all });
  return finishRun(tree, left, `${app.shortName}: ${ids.join(', ') || hardeningFilePath(app.root)} removed.`);
}
