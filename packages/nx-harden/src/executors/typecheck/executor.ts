import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { checkTypes } from '../../types/check-types';
import type { TypecheckOptions } from './schema';

/** Checks the types of the app that the target belongs to; all tsconfigs, also after one that fails. */
export default async function typecheck({ tsConfig = ['tsconfig.json'], typegen = true }: TypecheckOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  const project = context.projectsConfigurations.projects[context.projectName ?? ''];
  if (!project) throw new Error('The typecheck target belongs to a project. Run it as: nx run <app>:typecheck');
  return { success: await checkTypes(join(context.root, project.root), { tsConfig, typegen, cacheDir: join(context.root, 'node_modules/.cache/nx-harden') }) };
}
