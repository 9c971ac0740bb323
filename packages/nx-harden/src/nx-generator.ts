import type { GeneratorCallback, Tree } from '@nx/devkit';
import { applyCapabilities } from './apply-capabilities';
import { finishRun } from './finish-run';

/** The generator that Nx calls for one capability: `nx g @chronos/nx-harden:<id> [project]`. */
export function nxGenerator(id: string) {
  return async (tree: Tree, { project, ...options }: { project?: string } & Record<string, unknown>): Promise<GeneratorCallback> => {
    return finishRun(tree, await applyCapabilities(tree, project, [{ id, options }]));
  };
}
