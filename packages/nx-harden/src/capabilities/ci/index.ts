import type { Capability } from '../../capability';
import { checkCi } from './check';

export const ci: Capability = {
  id: 'ci',
  title: 'CI/CD pipeline',
  why: 'Stops what does not lint, type-check, pass its tests or build, keeps secrets from code that strangers propose, and lets no version reach users that was not tested where it runs.',
  recommended: true,
  after: [],
  readsOthers: true,
  check: checkCi,
  generator: async () => (await import('./generator')).generate,
  undo: async (tree, app, record) => (await import('./updates')).removeUpdates(tree, app, record),
};
