import { satisfies, validRange } from 'semver';
import type { CapabilityContext } from '../../capability';
import { readNodeVersion } from '../../node-version';
import { readCatalog } from '../../package-manager';
import type { PutEntries } from '../../put-entries';
import { AXE_PLAYWRIGHT, PLAYWRIGHT } from '../../versions';
import { ownE2eRunner } from './e2e-runner';

/** What the tests need: nothing but the script where the team has a runner of its own. */
export function entriesOf({ tree, app, record }: CapabilityContext): PutEntries {
  const scripts = { 'test:e2e': 'nx run-many -t e2e' };
  if (ownE2eRunner(tree, app, record)) return { scripts };
  const node = readNodeVersion(tree);
  const declared = app.dependencies['@playwright/test'];
  const range = declared?.startsWith('catalog:') ? readCatalog(tree, declared, '@playwright/test') : declared;
  return {
    scripts,
    ignored: ['test-output/'],
    devDependencies: {
      '@playwright/test': range !== undefined && validRange(range) !== null ? range : PLAYWRIGHT,
      '@axe-core/playwright': AXE_PLAYWRIGHT.find((choice) => satisfies(node, choice.node))?.range ?? '*',
      '@types/node': app.dependencies['@types/node'] ?? `^${node.split('.')[0]}`,
    },
  };
}
