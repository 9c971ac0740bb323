import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PRE_COMMIT_CONFIG, putPreCommitHooks, readPreCommitConfig, removePreCommitHooks, usesNewStageNames } from './pre-commit-config';

const OURS = ['- repo: local', '  hooks:', '    - id: test', '      entry: nx test'];
const REPO = { repo: 'local', hooks: [{ id: 'test', entry: 'nx test' }] };

function treeWith(content: string) {
  const tree = createTreeWithEmptyWorkspace();
  tree.write(PRE_COMMIT_CONFIG, content);
  return { tree, text: () => tree.read(PRE_COMMIT_CONFIG, 'utf-8') };
}

const plain = 'repos:\n  - repo: https://example.com/a\n    rev: v1\n    hooks:\n      - id: a\n';
const SHAPES: Record<string, string> = {
  plain,
  'without a line end at its end': plain.trimEnd(),
  'with Windows line ends': plain.replaceAll('\n', '\r\n'),
  'with a byte order mark': `\uFEFF${plain}`,
  'without indentation': 'repos:\n- repo: https://example.com/a\n  rev: v1\n  hooks:\n  - id: a\n',
  'as pre-commit writes its sample': 'repos:\n-   repo: https://example.com/a\n    rev: v1\n    hooks:\n    -   id: a\n',
  'with comments': `# first\n---\nexclude: ^x/ # why\n${plain}        # args: [--b]\n\n# last\n`,
  'with keys behind': `${plain}\nci:\n  skip: [a]\n`,
  'with anchors': `repos:\n  - &a\n    repo: https://example.com/a\n    rev: v1\n    hooks:\n      - id: a\n`,
  'with an entry in one line': 'repos:\n  - { repo: meta, hooks: [{ id: identity }] }\n',
  'with a text over lines': 'repos:\n  - repo: local\n    hooks:\n      - id: a\n        entry: |\n          one\n\n          two\n',
};

describe('our hooks in the config', () => {
  it.each(Object.keys(SHAPES))('come below the last repository once, mean what they say, and go byte for byte: %s', (shape) => {
    const input = SHAPES[shape] ?? '';
    const { tree, text } = treeWith(input);
    const { result, recorded } = putPreCommitHooks(tree, OURS, undefined);
    expect(result).toEqual({ status: 'changed' });
    const output = text() ?? '';
    expect(parse(output)).toEqual({ ...parse(input), repos: [...parse(input).repos, REPO] });
    expect(putPreCommitHooks(tree, OURS, recorded).result).toEqual({ status: 'unchanged' });
    expect(text()).toBe(output);
    expect(removePreCommitHooks(tree, recorded)).toEqual({ status: 'changed' });
    expect(text()).toBe(input);
  });

  it('become those of a newer version', () => {
    const { tree, text } = treeWith(SHAPES['with comments'] ?? '');
    const { recorded } = putPreCommitHooks(tree, OURS, undefined);
    const newer = OURS.map((line) => line.replace('nx test', 'nx affected -t test'));
    expect(putPreCommitHooks(tree, newer, recorded).result).toEqual({ status: 'changed' });
    expect(text()).toContain('nx affected -t test');
    expect(text()?.match(/nx-harden: from here/g)).toHaveLength(1);
  });

  it('stay when they were edited by hand', () => {
    const { tree, text } = treeWith(plain);
    const { recorded } = putPreCommitHooks(tree, OURS, undefined);
    const edited = (text() ?? '').replace('nx test', 'nx test --parallel=1');
    tree.write(PRE_COMMIT_CONFIG, edited);
    expect(putPreCommitHooks(tree, OURS, recorded)).toEqual({ result: { status: 'unchanged' }, recorded });
    expect(putPreCommitHooks(tree, [...OURS, '      name: x'], recorded).result).toMatchObject({ status: 'manual', step: { lines: expect.stringContaining('name: x') } });
    expect(removePreCommitHooks(tree, recorded)).toMatchObject({ status: 'manual', step: { lines: expect.stringContaining('--parallel=1') } });
    expect(text()).toBe(edited);
  });

  it.each(['', 'repos: []\n', 'repos: [{ repo: meta, hooks: [] }]\n', 'exclude: x\n', `${plain}---\na: b\n`, 'repos: *gone\n'])('are left to a person in %j, and the file alone', (content) => {
    const { tree, text } = treeWith(content);
    expect(putPreCommitHooks(tree, OURS, undefined).result).toMatchObject({ status: 'manual', step: { file: PRE_COMMIT_CONFIG, lines: expect.stringContaining('- repo: local') } });
    expect(text()).toBe(content);
  });
});

describe('reading the config', () => {
  it('gives hooks with their stages and lines', () => {
    const text = `default_stages: [push]\n${plain}      - id: b\n        entry: run b\n        args: [--x]\n        stages: [commit, pre-push]\n`;
    expect(readPreCommitConfig(text)).toEqual([
      { id: 'a', text: 'a\nhttps://example.com/a\n ', stages: ['push'], line: 6 },
      { id: 'b', text: 'b\nhttps://example.com/a\nrun b --x', stages: ['commit', 'pre-push'], line: 7 },
    ]);
  });

  it('names file, line and column of what is no YAML', () => {
    expect(() => readPreCommitConfig('repos:\n  - repo: "a\n')).toThrow(/^\.pre-commit-config\.yaml is no valid YAML \(line 3, column 1: \w+\)\. Mend it and run again\.$/);
  });

  it.each([
    ['default_stages: [pre-commit]', true],
    ['minimum_pre_commit_version: 3.2.0', true],
    ['minimum_pre_commit_version: "4.0"', true],
    ['minimum_pre_commit_version: 2.9.2', false],
    ['default_install_hook_types: [pre-commit, pre-push]', false],
    ['repos:\n  - hooks:\n      - id: a\n        stages: [commit]', false],
    ['repos:\n  - hooks:\n      - id: a\n        stages:\n          - pre-push', true],
  ])('knows by %j whether the newer names of stages are used', (text, isNew) => {
    expect(usesNewStageNames(text)).toBe(isNew);
  });
});
