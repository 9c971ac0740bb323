import type { Tree } from '@nx/devkit';
import { describe, expect, it } from 'vitest';
import { applyCapabilities } from './apply-capabilities';
import { readNextApp } from './next-app';
import { removeCapabilities } from './remove-capabilities';
import { capabilities } from './registry';
import { contentsOf, fixtures, treeOf } from './testing/fixtures';

const ALL = capabilities.map(({ id }) => ({ id, options: {} }));
const twoApps = (files: Record<string, string> = {}): Tree => {
  const tree = treeOf(fixtures.find(({ name }) => name.includes('beside another app')) ?? { name: '', project: '', files: {} });
  for (const [path, content] of Object.entries(files)) tree.write(path, content);
  return tree;
};
const takeOut = (tree: Tree, project: string) => removeCapabilities(tree, readNextApp(tree, project), capabilities.map(({ id }) => id), { leaveNoTrace: true });

describe('two apps with all that there is', () => {
  it.each<[string, Record<string, string>]>([
    ['nothing of the team’s own', {}],
    ['files of the workspace that the team wrote', { '.github/dependabot.yml': 'version: 2\nupdates:\n  - package-ecosystem: npm\n    directory: /\n    schedule: { interval: weekly }\n', '.pre-commit-config.yaml': 'repos:\n  # ours\n  - repo: https://github.com/pre-commit/pre-commit-hooks\n    rev: v6.0.0\n    hooks:\n      - id: check-yaml\n', '.gitignore': 'dist\n' }],
    ['lefthook', { 'lefthook.yml': 'pre-commit:\n  commands:\n    hello:\n      run: echo hello\n' }],
    ['husky', { '.husky/pre-commit': 'echo hello\n' }],
  ])('leave %s as it was, in whatever order they go', async (_, files) => {
    for (const order of [['web', 'admin'], ['admin', 'web']]) {
      const tree = twoApps(files);
      const before = contentsOf(tree);
      await applyCapabilities(tree, 'web', ALL);
      const alone = contentsOf(tree);
      await applyCapabilities(tree, 'admin', ALL);
      const both = contentsOf(tree);
      await applyCapabilities(tree, 'web', ALL);
      await applyCapabilities(tree, 'admin', ALL);
      expect(contentsOf(tree)).toEqual(both);
      if (order[0] === 'admin') {
        await takeOut(tree, 'admin');
        expect(contentsOf(tree)).toEqual(alone);
        await takeOut(tree, 'web');
      } else {
        for (const project of order) await takeOut(tree, project);
      }
      expect(contentsOf(tree), order.join(', ')).toEqual(before);
    }
  });
});

it('takes what the tests of one app have left, while another app still has tests', async () => {
  const tree = twoApps();
  for (const project of ['web', 'admin']) await applyCapabilities(tree, project, [{ id: 'vitest', options: {} }]);
  for (const project of ['web', 'admin']) tree.write(`apps/${project}/test-output/vitest/results.json`, '{}');
  await removeCapabilities(tree, readNextApp(tree, 'web'), ['vitest']);
  expect(tree.exists('apps/web/test-output')).toBe(false);
  expect(tree.exists('apps/admin/test-output/vitest/results.json')).toBe(true);
  expect(tree.read('.gitignore', 'utf-8')).toContain('test-output/');
});
