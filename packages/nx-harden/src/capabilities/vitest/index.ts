import type { Capability } from '../../capability';
import { checkVitest } from './check';
import { entriesOf } from './entries';

export const vitest: Capability = {
  id: 'vitest',
  title: 'Unit and component tests',
  why: 'Catches what a change breaks before it is merged, and lets the part of the code that is tested only grow.',
  recommended: true,
  after: [],
  entries: entriesOf,
  check: checkVitest,
  generator: async () => (await import('./generator')).generate,
};
