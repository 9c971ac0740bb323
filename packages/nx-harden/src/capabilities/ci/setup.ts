import type { ReadTree } from '../../capability';
import type { NextApp } from '../../next-app';
import { EXEC, readJsonFile, type PackageManagerName } from '../../package-manager';
import { ACTIONS, NODE, PACKAGE_MANAGERS } from '../../versions';

/** How a job gets the workspace's tools: the values of `setup-steps.yml.template`. */
export interface Setup {
  packageManagerSteps: string[];
  nodeVersion: string;
  /** What setup-node caches; empty for bun, which it does not know. */
  nodeCache: string;
  afterNodeSteps: string[];
  install: string;
  /** Runs a program of the workspace: `pnpm exec`. */
  exec: string;
  lockfile: string;
}

const INSTALL: Record<PackageManagerName, string> = {
  pnpm: 'pnpm install --frozen-lockfile',
  npm: 'npm ci',
  yarn: 'yarn install --immutable',
  bun: 'bun install --frozen-lockfile',
};
const LOCKFILE: Record<PackageManagerName, string> = { pnpm: 'pnpm-lock.yaml', npm: 'package-lock.json', yarn: 'yarn.lock', bun: 'bun.lock*' };

/** An action with its commit, and its tag as the comment that Dependabot and Renovate update with it. */
export function uses(action: keyof typeof ACTIONS): string {
  const { sha, tag } = ACTIONS[action];
  return `${action}@${sha} # ${tag}`;
}

export function setupOf(tree: ReadTree, { packageManager }: NextApp): Setup {
  const { name } = packageManager;
  const isYarnClassic = name === 'yarn' && (packageManager.version?.startsWith('1.') ?? (tree.exists('yarn.lock') && /^# yarn lockfile v1$/m.test(tree.read('yarn.lock', 'utf-8') ?? '')));
  return {
    packageManagerSteps: beforeNode(tree, packageManager),
    nodeVersion: nodeVersionOf(tree),
    nodeCache: name === 'bun' ? '' : name,
    afterNodeSteps: name === 'bun' ? [step('Set up bun', `run: npm install --global bun@${packageManager.version ?? PACKAGE_MANAGERS.bun}`)] : [],
    install: isYarnClassic ? 'yarn install --frozen-lockfile' : INSTALL[name],
    // Yarn's first version says what it runs, on standard output.
    exec: isYarnClassic ? 'yarn --silent' : EXEC[name],
    lockfile: LOCKFILE[name],
  };
}

/** setup-node looks for the package manager to find its cache, so that comes first. */
function beforeNode(tree: ReadTree, { name, version }: NextApp['packageManager']): string[] {
  if (name === 'yarn') return [step('Set up yarn', 'run: corepack enable')];
  if (name !== 'pnpm') return [];
  // The action reads `packageManager` by itself, and fails when it is told a version as well.
  if (version) return [step('Set up pnpm', `uses: ${uses('pnpm/action-setup')}`)];
  const settings = tree.exists('pnpm-workspace.yaml') ? (tree.read('pnpm-workspace.yaml', 'utf-8') ?? '') : '';
  const major = settings.includes('onlyBuiltDependencies') ? PACKAGE_MANAGERS.pnpmBeforeAllowBuilds : PACKAGE_MANAGERS.pnpm;
  return [step('Set up pnpm', `uses: ${uses('pnpm/action-setup')}`, 'with:', "  # Pin it in package.json's packageManager, and take this out.", `  version: ${major}`)];
}

function nodeVersionOf(tree: ReadTree): string {
  const file = ['.nvmrc', '.node-version'].find((path) => tree.exists(path));
  const engines = readJsonFile(tree, 'package.json')?.['engines'] as { node?: string } | undefined;
  if (file) return `node-version-file: ${file}`;
  return engines?.node ? 'node-version-file: package.json' : `node-version: ${NODE}`;
}

function step(name: string, ...lines: string[]): string {
  return [`      - name: ${name}`, ...lines.map((line) => `        ${line}`)].join('\n');
}
