import type { Tree } from '@nx/devkit';
import { coerce } from 'semver';
import { readJsonFile } from '../../package-manager';

/**
 * Nx wants one version of all its packages. A workspace without @nx/devkit gets the newest as our peer, and an older
 * Nx then fails in ways that do not name the cause.
 */
export function assertVersionsAgree(tree: Tree): void {
  const nx = installedVersion(tree, 'nx');
  const devkit = installedVersion(tree, '@nx/devkit');
  if (nx === undefined || devkit === undefined || majorOf(nx) === majorOf(devkit)) return;
  throw new Error(`nx is ${nx} and @nx/devkit is ${devkit}; their majors have to agree. Add @nx/devkit@${nx} to devDependencies, install, and run again.`);
}

function installedVersion(tree: Tree, name: string): string | undefined {
  const version = readJsonFile(tree, `node_modules/${name}/package.json`)?.['version'];
  return typeof version === 'string' ? version : undefined;
}

function majorOf(version: string): number | undefined {
  return coerce(version)?.major;
}
