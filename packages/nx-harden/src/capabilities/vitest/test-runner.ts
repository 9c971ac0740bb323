import type { CapabilityRecord } from '../../hardening-file';
import type { ReadTree } from '../../capability';
import { openSource, walk, nodeIn } from '../../edits/source';
import { inDir, type NextApp } from '../../next-app';
import { nxPluginOptions, writtenTarget } from '../../nx-plugins';
import { readJsonFile } from '../../package-manager';

/** What runs an app's unit tests. */
export interface TestRunner {
  kind: 'vitest' | 'jest' | 'other';
  /** Its config; for `other`, nothing. */
  file?: string;
  /** Whether `nx test` runs it: the team's target or script, or a plugin that infers one. */
  target?: string;
  /** Why its config cannot be read. */
  failure?: string;
}

const EXTENSIONS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];
const VITEST_PLUGINS = ['@nx/vitest', '@nx/vite/plugin', '@nx/vite'];
const JEST_PLUGINS = ['@nx/jest/plugin', '@nx/jest'];

/** The runner that the team has, leaving ours out; undefined when there is none. */
export function ownTestRunner(tree: ReadTree, app: NextApp, record?: CapabilityRecord): TestRunner | undefined {
  const runner = findTestRunner(tree, app);
  // Ours may have got another ending since.
  const isOurs = runner?.kind === 'vitest' && Object.keys(record?.files ?? {}).some((path) => path.startsWith('vitest.config.'));
  return isOurs ? undefined : runner;
}

/** The runner that the app has, whoever put it in. */
export function findTestRunner(tree: ReadTree, app: NextApp): TestRunner | undefined {
  const written = writtenTarget(tree, app.root, 'test');
  const vitest = configOf(tree, app, 'vitest') ?? viteConfigWithTests(tree, app);
  if (vitest) return { kind: 'vitest', file: vitest, target: written ?? pluginTarget(tree, VITEST_PLUGINS), ...failureOf(tree, vitest) };
  const jest = configOf(tree, app, 'jest') ?? (readJsonFile(tree, inDir(app.root, 'package.json'))?.['jest'] ? inDir(app.root, 'package.json') : undefined);
  if (jest) return { kind: 'jest', file: jest, target: written ?? pluginTarget(tree, JEST_PLUGINS) };
  return written === undefined ? undefined : { kind: 'other', target: written };
}

/** What the plugin that infers Vitest's targets calls them; undefined when the workspace has none. */
export function vitestPluginTarget(tree: ReadTree): string | undefined {
  return pluginTarget(tree, VITEST_PLUGINS);
}

function pluginTarget(tree: ReadTree, plugins: readonly string[]): string | undefined {
  const options = nxPluginOptions(tree, plugins);
  return options && String(options['testTargetName'] ?? options['targetName'] ?? 'test');
}

function configOf(tree: ReadTree, app: NextApp, tool: string): string | undefined {
  return [...EXTENSIONS, 'json'].map((extension) => inDir(app.root, `${tool}.config.${extension}`)).find((file) => tree.exists(file));
}

/** A Vite config is one of Vitest's when it has a `test`. */
function viteConfigWithTests(tree: ReadTree, app: NextApp): string | undefined {
  const file = configOf(tree, app, 'vite');
  const source = file && openSource(file, tree.read(file, 'utf-8') ?? '');
  if (!source || 'failure' in source) return undefined;
  return hasKey(source.program, 'test') ? file : undefined;
}

function failureOf(tree: ReadTree, file: string): { failure?: string } {
  const source = openSource(file, tree.read(file, 'utf-8') ?? '');
  return 'failure' in source ? { failure: source.failure } : {};
}

/** Whether a script names a property of that name anywhere. */
export function hasKey(program: Parameters<typeof walk>[0], name: string): boolean {
  let found = false;
  walk(program, (node) => {
    if (node.type !== 'ObjectProperty') return !found;
    const key = nodeIn(node, 'key');
    // A rule for a loader is called `test` too, and is a pattern.
    if ((key?.['name'] ?? key?.['value']) === name && nodeIn(node, 'value')?.type !== 'RegExpLiteral') found = true;
    return !found;
  });
  return found;
}
