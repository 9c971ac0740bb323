import type { ReadTree } from '../../capability';
import { openSource } from '../../edits/source';
import type { CapabilityRecord } from '../../hardening-file';
import { inDir, type NextApp } from '../../next-app';
import { nxPluginOptions, writtenTarget } from '../../nx-plugins';

/** What runs an app's end-to-end tests. */
export interface E2eRunner {
  kind: 'playwright' | 'cypress' | 'other';
  /** Where its config and its tests lie: the app, or a project beside it. */
  dir: string;
  file?: string;
  /** The target that runs it, as its command where that is told. */
  target?: string;
  /** Why its config cannot be read. */
  failure?: string;
}

const EXTENSIONS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];
const PLUGINS = { playwright: ['@nx/playwright/plugin', '@nx/playwright'], cypress: ['@nx/cypress/plugin', '@nx/cypress'] };

/** The runner that the team has, leaving ours out; undefined when there is none. */
export function ownE2eRunner(tree: ReadTree, app: NextApp, record?: CapabilityRecord): E2eRunner | undefined {
  const runner = findE2eRunner(tree, app);
  // Ours may have got another ending since.
  const isOurs = runner?.kind === 'playwright' && Object.keys(record?.files ?? {}).some((path) => path.startsWith('playwright.config.'));
  return isOurs ? undefined : runner;
}

/** The runner that the app has, whoever put it in; also in a project `<app>-e2e` beside it, as Nx makes them. */
export function findE2eRunner(tree: ReadTree, app: NextApp): E2eRunner | undefined {
  const dirs = app.root === '.' ? ['.', 'e2e'] : [app.root, `${app.root}-e2e`, `${app.root}/e2e`];
  for (const dir of dirs) {
    const written = writtenTarget(tree, dir, 'e2e');
    for (const kind of ['playwright', 'cypress'] as const) {
      const file = EXTENSIONS.map((extension) => inDir(dir, `${kind}.config.${extension}`)).find((path) => tree.exists(path));
      if (file) return { kind, dir, file, target: written ?? e2ePluginTarget(tree, kind), ...failureOf(tree, file) };
    }
  }
  const dir = dirs.find((one) => writtenTarget(tree, one, 'e2e') !== undefined);
  return dir === undefined ? undefined : { kind: 'other', dir, target: writtenTarget(tree, dir, 'e2e') };
}

/** What the plugin that infers the targets of a tool calls them; undefined when the workspace has none. */
export function e2ePluginTarget(tree: ReadTree, kind: keyof typeof PLUGINS): string | undefined {
  const options = nxPluginOptions(tree, PLUGINS[kind]);
  return options && String(options['targetName'] ?? 'e2e');
}

function failureOf(tree: ReadTree, file: string): { failure?: string } {
  const source = openSource(file, tree.read(file, 'utf-8') ?? '');
  return 'failure' in source ? { failure: source.failure } : {};
}
