import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { raiseFloor, readFloor, sayFloor } from '../../coverage/floor';
import { runWithCoverage } from '../../coverage/run-with-coverage';
import type { CoverageOptions } from './schema';

/** Runs the tests of the app with coverage; Vitest fails below the floor, and what is above it becomes the floor. */
export default async function coverage({ raise = !process.env['CI'] }: CoverageOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  const project = context.projectsConfigurations.projects[context.projectName ?? ''];
  if (!project) throw new Error('The coverage target belongs to a project. Run it as: nx run <app>:coverage');
  const appDir = join(context.root, project.root);
  const floor = readFloor(appDir);
  const { code } = await runWithCoverage(appDir, { isShown: true });
  if (code !== 0) return { success: false };
  const risen = raise ? raiseFloor(appDir) : [];
  process.stdout.write(risen.length > 0 ? `The floor rises: ${sayFloor(readFloor(appDir), risen)}. Commit coverage-floor.json.\n` : `The floor holds: ${sayFloor(floor)}.\n`);
  return { success: true };
}
