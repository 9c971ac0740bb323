import type { Capability } from '../../capability';
import { checkPlaywright } from './check';
import { entriesOf } from './entries';

export const playwright: Capability = {
  id: 'playwright',
  title: 'End-to-end tests',
  why: 'Sees in a browser what unit tests cannot: a page that does not come up, one that nobody can use without a mouse, a header that went missing.',
  recommended: true,
  after: ['headers', 'vitest'],
  readsOthers: true,
  entries: entriesOf,
  check: checkPlaywright,
  generator: async () => (await import('./generator')).generate,
};
