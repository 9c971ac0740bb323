import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { describe, expect, it } from 'vitest';
import { callFromHusky, uncallFromHusky } from './husky';

const PATH = '.husky/pre-commit';

function treeWith(content: string) {
  const tree = createTreeWithEmptyWorkspace();
  tree.write(PATH, content);
  return { tree, text: () => tree.read(PATH, 'utf-8') ?? '' };
}

describe("a hook of husky's", () => {
  it.each(['pnpm test\n', 'pnpm test', 'pnpm test\r\npnpm lint\r\n', '#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n\nnpx lint-staged\n'])('calls ours last, once, and is as before without it: %j', (input) => {
    const { tree, text } = treeWith(input);
    expect(callFromHusky(tree, PATH, 'pre-commit')).toEqual({ status: 'changed' });
    const output = text();
    expect(output.trimEnd().split(/\r?\n/).at(-1)).toBe('sh .hardening/pre-commit.sh');
    expect(callFromHusky(tree, PATH, 'pre-commit')).toEqual({ status: 'unchanged' });
    expect(text()).toBe(output);
    expect(uncallFromHusky(tree, PATH, 'pre-commit')).toEqual({ status: 'changed' });
    expect(text()).toBe(input);
    expect(uncallFromHusky(tree, PATH, 'pre-commit')).toEqual({ status: 'unchanged' });
  });

  it.each(['#!/usr/bin/env node\nconsole.log(1);\n', 'pnpm test\nexit 0\n', 'exec pnpm test\n'])('is left to a person where the line would not be run, and the file alone: %j', (content) => {
    const { tree, text } = treeWith(content);
    expect(callFromHusky(tree, PATH, 'pre-commit')).toMatchObject({ status: 'manual', step: { lines: 'sh .hardening/pre-commit.sh' } });
    expect(text()).toBe(content);
  });
});
