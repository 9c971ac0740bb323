import { coerce, intersects, minVersion, satisfies, validRange } from 'semver';
import type { CapabilityContext, ReadTree } from '../../capability';
import type { NextApp } from '../../next-app';
import { readNodeVersion } from '../../node-version';
import { readCatalog, readJsonFile } from '../../package-manager';
import type { PutEntries } from '../../put-entries';
import { JEST_DOM, JSDOM, PLUGIN_REACT, TEST_PACKAGES, VITEST, type PackageChoice } from '../../versions';
import { ownTestRunner } from './test-runner';

/** What the tests need: nothing but the scripts where the team has a runner of its own. */
export function entriesOf({ tree, app, options, record }: CapabilityContext): PutEntries {
  const own = ownTestRunner(tree, app, record);
  // In a workspace whose root is a project, a script becomes the target of that name, and would call itself.
  const isTarget = app.root === '.' || isRootAProject(tree);
  return {
    scripts: {
      ...(!isTarget && { test: 'nx run-many -t test' }),
      ...(!own && { 'test:watch': 'nx run-many -t test-watch' }),
      ...(app.language === 'ts' && { 'type-check': 'nx run-many -t typecheck' }),
    },
    ...(!own && { devDependencies: packagesOf(tree, app, String(options['environment'])), ignored: ['test-output/'] }),
  };
}

function isRootAProject(tree: ReadTree): boolean {
  return tree.exists('project.json') || readJsonFile(tree, 'package.json')?.['nx'] !== undefined;
}

/** Whether Vite resolves the paths of a tsconfig itself, and transforms by oxc: from version 8 on, which Vitest 4 is the first to run on. */
export function isVite8(app: NextApp, tree: ReadTree): boolean {
  const declared = declaredRange(tree, app.dependencies, 'vite');
  if (declared !== undefined) return (coerce(declared)?.major ?? 8) >= 8;
  return (coerce(vitestRange(tree, app, readNodeVersion(tree)))?.major ?? 4) >= 4;
}

function packagesOf(tree: ReadTree, app: NextApp, environment: string): Record<string, string> {
  const node = readNodeVersion(tree);
  const vitest = vitestRange(tree, app, node);
  const isNewVite = isVite8(app, tree);
  return {
    vitest,
    '@vitest/coverage-v8': vitest,
    vite: declaredRange(tree, app.dependencies, 'vite') ?? (isNewVite ? TEST_PACKAGES.vite : TEST_PACKAGES.viteBefore8),
    '@vitejs/plugin-react': isNewVite ? PLUGIN_REACT.vite8 : PLUGIN_REACT.before,
    ...(!isNewVite && { 'vite-tsconfig-paths': TEST_PACKAGES['vite-tsconfig-paths'] }),
    ...(environment === 'happy-dom' ? { 'happy-dom': TEST_PACKAGES['happy-dom'] } : { jsdom: choose(JSDOM, node) }),
    '@testing-library/react': TEST_PACKAGES['@testing-library/react'],
    '@testing-library/dom': TEST_PACKAGES['@testing-library/dom'],
    '@testing-library/jest-dom': choose(JEST_DOM, node),
    // The config reads process.env.
    ...(app.language === 'ts' && { '@types/node': `^${node.split('.')[0]}` }),
  };
}

/** What the workspace has already, else the newest that its Nx plugin takes as a peer and that its Node can run. */
function vitestRange(tree: ReadTree, { dependencies }: NextApp, node: string): string {
  const declared = declaredRange(tree, dependencies, 'vitest');
  if (declared !== undefined) return declared;
  const peer = peerOf(tree, '@nx/vitest') ?? peerOf(tree, '@nx/vite');
  const fits = VITEST.filter(({ range }) => peer === undefined || intersects(range, peer));
  return choose(fits.length > 0 ? fits : VITEST, node);
}

/** The Vitest that an Nx plugin of the workspace takes: as its own manifest says, or as is known of its version. */
function peerOf(tree: ReadTree, plugin: string): string | undefined {
  const installed = readJsonFile(tree, `node_modules/${plugin}/package.json`)?.['peerDependencies'] as Record<string, string> | undefined;
  if (installed?.['vitest']) return installed['vitest'];
  const manifest = readJsonFile(tree, 'package.json');
  const range = { ...(manifest?.['dependencies'] as object), ...(manifest?.['devDependencies'] as object) }[plugin as never] as string | undefined;
  const version = range && coerce(range)?.version;
  if (!version) return undefined;
  return satisfies(version, '>=23.3.0') ? '^3 || ^4 || ^5' : satisfies(version, '>=22.1.0') ? '^3 || ^4' : '^3';
}

function declaredRange(tree: ReadTree, dependencies: Record<string, string>, name: string): string | undefined {
  const declared = dependencies[name];
  const range = declared?.startsWith('catalog:') ? readCatalog(tree, declared, name) : declared;
  return range !== undefined && validRange(range) !== null ? range : undefined;
}

function choose(choices: readonly PackageChoice[], node: string): string {
  const version = minVersion(node)?.version ?? node;
  return (choices.find((choice) => satisfies(version, choice.node)) ?? choices.at(-1))?.range ?? '*';
}
