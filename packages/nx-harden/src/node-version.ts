import { minVersion, validRange } from 'semver';
import type { ReadTree } from './capability';
import { readJsonFile } from './package-manager';

/** The Node that the workspace has everybody use, as a version: what its files promise at the least, else the one that runs. */
export function readNodeVersion(tree: ReadTree): string {
  const engines = readJsonFile(tree, 'package.json')?.['engines'] as { node?: unknown } | undefined;
  const promised = [...['.nvmrc', '.node-version'].map((file) => readVersionFile(tree, file)), engines?.node];
  const range = promised.find((one): one is string => typeof one === 'string' && validRange(one) !== null);
  return (range === undefined ? undefined : minVersion(range)?.version) ?? process.versions.node;
}

/** The major of {@link readNodeVersion}. */
export function readNodeMajor(tree: ReadTree): number {
  return Number(readNodeVersion(tree).split('.')[0]);
}

/** `lts/*` and other names say no version. */
function readVersionFile(tree: ReadTree, file: string): string | undefined {
  return tree.exists(file) ? tree.read(file, 'utf-8')?.trim().replace(/^v/, '') : undefined;
}
