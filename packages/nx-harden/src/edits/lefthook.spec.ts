import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { extendLefthook, OUR_LEFTHOOK, unextendLefthook } from './lefthook';

function treeWith(path: string, content: string) {
  const tree = createTreeWithEmptyWorkspace();
  tree.write(path, content);
  return { tree, text: () => tree.read(path, 'utf-8') ?? '' };
}

const plain = '# ours\npre-commit:\n  commands:\n    a:\n      run: b # why\n';

describe("lefthook's config", () => {
  it.each([
    plain,
    plain.trimEnd(),
    plain.replaceAll('\n', '\r\n'),
    `extends:\n  - a.yml # first\n${plain}`,
    `extends:\n- a.yml\n\n${plain}`,
    `${plain}extends:\n  - a.yml`,
    'pre-commit:\n  commands:\n    a:\n      run: |\n        b\n\n        c\n',
  ])('is extended by ours once, and is as before without it: %j', (input) => {
    const { tree, text } = treeWith('lefthook.yml', input);
    expect(extendLefthook(tree, 'lefthook.yml')).toEqual({ status: 'changed' });
    const output = text();
    expect(parse(output)).toEqual({ ...parse(input), extends: [...(parse(input).extends ?? []), OUR_LEFTHOOK] });
    expect(extendLefthook(tree, 'lefthook.yml')).toEqual({ status: 'unchanged' });
    expect(text()).toBe(output);
    expect(unextendLefthook(tree, 'lefthook.yml')).toEqual({ status: 'changed' });
    expect(text()).toBe(input);
    expect(unextendLefthook(tree, 'lefthook.yml')).toEqual({ status: 'unchanged' });
  });

  it.each([
    ['lefthook.yml', 'extends: [a.yml]\n', `- ${OUR_LEFTHOOK}`],
    ['lefthook.yml', 'extends: a.yml\n', `- ${OUR_LEFTHOOK}`],
    ['lefthook.yml', '{ pre-commit: {} }\n', `- ${OUR_LEFTHOOK}`],
    ['lefthook.yml', '', `- ${OUR_LEFTHOOK}`],
    ['lefthook.toml', '[pre-commit.commands.a]\nrun = "b"\n', `extends = ["${OUR_LEFTHOOK}"]`],
    ['lefthook.json', '{ "pre-commit": {} }\n', `"extends": ["${OUR_LEFTHOOK}"]`],
  ])('is left to a person in %s with %j, and the file alone', (path, content, lines) => {
    const { tree, text } = treeWith(path, content);
    expect(extendLefthook(tree, path)).toMatchObject({ status: 'manual', step: { file: path, lines: expect.stringContaining(lines) } });
    expect(text()).toBe(content);
  });

  it('names file, line and column of what is no YAML', () => {
    expect(() => extendLefthook(treeWith('lefthook.yml', 'a: "b\n').tree, 'lefthook.yml')).toThrow(/^lefthook\.yml is no valid YAML \(line \d, column \d: \w+\)/);
  });
});
