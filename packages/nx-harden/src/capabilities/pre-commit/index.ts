import type { Capability } from '../../capability';
import { checkPreCommit } from './check';
import { entriesOf } from './entries';

export const preCommit: Capability = {
  id: 'pre-commit',
  title: 'Commit and push hooks',
  why: 'Stops a secret before it is in the history, and what does not lint, type-check or pass its tests before it costs others their time; a commit takes seconds.',
  recommended: true,
  after: ['vitest'],
  entries: entriesOf,
  check: checkPreCommit,
  generator: async () => (await import('./generator')).generate,
  undo: async (tree, _app, record) => (await import('./seams')).removeSeams(tree, record),
};
