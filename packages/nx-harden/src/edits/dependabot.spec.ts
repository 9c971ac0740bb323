import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addDependabotEntry, newDependabotFile, removeDependabotEntry, updatesActions } from './dependabot';
import { addRenovatePreset, pinsActions, removeRenovatePreset } from './renovate';

const FIXTURES = join(__dirname, '__fixtures__/dependabot');
const PATH = '.github/dependabot.yml';
const read = (name: string, kind: string): string => readFileSync(join(FIXTURES, `${name}.${kind}.yml`), 'utf-8');
const names = (kind: string): string[] => readdirSync(FIXTURES).filter((file) => file.endsWith(`.${kind}.yml`)).map((file) => file.split('.')[0] ?? '');

function treeWith(content: string, path = PATH) {
  const tree = createTreeWithEmptyWorkspace();
  tree.write(path, content);
  return tree;
}

describe('the entry in dependabot.yml', () => {
  it.each(names('input'))('is added to %s once, means what it says, and is taken out byte for byte', (name) => {
    const input = read(name, 'input');
    const tree = treeWith(input);
    expect(addDependabotEntry(tree, PATH)).toEqual({ status: 'changed' });
    const output = tree.read(PATH, 'utf-8') ?? '';
    expect(output).toBe(read(name, 'output'));
    expect(parse(output)).toEqual({ ...parse(input), updates: [...parse(input).updates, parse(newDependabotFile()).updates[0]] });
    expect(addDependabotEntry(tree, PATH)).toEqual({ status: 'unchanged' });
    expect(removeDependabotEntry(tree, PATH)).toEqual({ status: 'changed' });
    expect(tree.read(PATH, 'utf-8')).toBe(input);
  });

  it.each(names('manual'))('is left to a person in %s, and the file alone', (name) => {
    const tree = treeWith(read(name, 'manual'));
    expect(addDependabotEntry(tree, PATH)).toMatchObject({ status: 'manual', step: { file: PATH, lines: expect.stringContaining('package-ecosystem: github-actions') } });
    expect(tree.read(PATH, 'utf-8')).toBe(read(name, 'manual'));
  });

  it('names line and column of what is no YAML', () => {
    expect(JSON.stringify(addDependabotEntry(treeWith(read('malformed', 'manual')), PATH))).toMatch(/line 4, column \d+/);
  });

  it("leaves the team's own entry alone, and one of ours that was edited", () => {
    const own = 'version: 2\nupdates:\n  - package-ecosystem: github-actions\n    directory: /\n    schedule:\n      interval: daily\n';
    const tree = treeWith(own);
    expect(addDependabotEntry(tree, PATH)).toEqual({ status: 'unchanged' });
    expect(removeDependabotEntry(tree, PATH)).toMatchObject({ status: 'manual' });
    expect(tree.read(PATH, 'utf-8')).toBe(own);
    expect(updatesActions(own)).toBe(true);
  });

  it('is looked for in a file with an alias that leads nowhere, without an exception', () => {
    expect(updatesActions('updates: *gone\n')).toBe(false);
  });
});

describe("Renovate's preset", () => {
  it('comes and goes', () => {
    const content = '{\n  "extends": [\n    "config:recommended"\n  ]\n}\n';
    const tree = treeWith(content, 'renovate.json');
    expect(addRenovatePreset(tree, 'renovate.json')).toEqual({ status: 'changed' });
    expect(pinsActions(tree, 'renovate.json')).toBe(true);
    removeRenovatePreset(tree, 'renovate.json');
    expect(tree.read('renovate.json', 'utf-8')).toBe(content);
  });

  it.each(['{ "extends": ["config:best-practices"] }', '{ "extends": ["helpers:pinGitHubActionDigests"] }'])('is not needed beside %s', (content) => {
    expect(addRenovatePreset(treeWith(content, 'renovate.json'), 'renovate.json')).toEqual({ status: 'unchanged' });
  });

  it('is left to a person where there is no list', () => {
    expect(addRenovatePreset(treeWith('{}', 'renovate.json'), 'renovate.json')).toMatchObject({ status: 'manual' });
    expect(addRenovatePreset(treeWith('{ extends: [] }', 'renovate.json5'), 'renovate.json5')).toMatchObject({ status: 'manual' });
  });

  it('is left to a person in a file that is no JSON, and the file alone', () => {
    const content = '{\n  "extends": ["a"\n';
    const tree = treeWith(content, 'renovate.json');
    expect(pinsActions(tree, 'renovate.json')).toBe(false);
    for (const edit of [addRenovatePreset, removeRenovatePreset]) {
      expect(edit(tree, 'renovate.json')).toMatchObject({ status: 'manual', step: { why: expect.stringMatching(/not valid JSON: \w+ in line \d/) } });
    }
    expect(tree.read('renovate.json', 'utf-8')).toBe(content);
  });
});
