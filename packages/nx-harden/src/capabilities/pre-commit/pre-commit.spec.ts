import type { Tree } from '@nx/devkit';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { applyCapabilities } from '../../apply-capabilities';
import { readNextApp } from '../../next-app';
import { removeCapabilities } from '../../remove-capabilities';
import { contentsOf, fixtures, treeOf } from '../../testing/fixtures';
import { checkPreCommit } from './check';

const [plain = { name: '', project: '', files: {} }] = fixtures;
const CONFIG = '.pre-commit-config.yaml';

function treeWith(files: Record<string, string>): Tree {
  return treeOf({ ...plain, files: { ...plain.files, ...files } });
}
function manifest(more: object): Record<string, string> {
  return { 'package.json': JSON.stringify({ name: '@acme/source', private: true, ...more }, null, 2) };
}
async function apply(tree: Tree, options: Record<string, unknown> = {}, project = 'web') {
  return (await applyCapabilities(tree, project, [{ id: 'pre-commit', options }])).steps;
}
const text = (tree: Tree, path: string): string => tree.read(path, 'utf-8') ?? '';
const rootPackages = (tree: Tree): string[] => Object.keys(JSON.parse(text(tree, 'package.json')).devDependencies ?? {});
interface Config {
  repos: { hooks: { id: string; entry: string; stages: string[] }[] }[];
}
const hooksIn = (tree: Tree) => (parse(text(tree, CONFIG)) as Config).repos.flatMap(({ hooks }) => hooks);

describe('which manager runs the hooks', () => {
  it.each([
    [{}, CONFIG],
    [{ 'lefthook.yml': 'pre-push:\n  commands: {}\n' }, '.hardening/lefthook.yml'],
    [{ '.config/lefthook.yaml': 'pre-push:\n  commands: {}\n' }, '.hardening/lefthook.yml'],
    [{ '.husky/commit-msg': 'true\n' }, '.hardening/pre-commit.sh'],
    [manifest({ devDependencies: { husky: '^9' } }), '.hardening/pre-commit.sh'],
    [{ ...manifest({ devDependencies: { husky: '^9' } }), [CONFIG]: 'repos:\n  - repo: meta\n    hooks:\n      - id: identity\n' }, CONFIG],
  ])('is the one that there is: %j', async (files, made) => {
    const tree = treeWith(files);
    await apply(tree);
    expect(text(tree, made)).toContain('secretlint');
    for (const other of [CONFIG, '.hardening/lefthook.yml', '.hardening/pre-commit.sh']) if (other !== made) expect(tree.exists(other)).toBe(false);
  });

  it('has to be one that is known', async () => {
    await expect(apply(treeWith({}), { manager: 'overcommit' })).rejects.toThrow('--manager is "overcommit"; use pre-commit, lefthook, husky.');
  });

  it.each(['lefthook', 'husky'])('is installed where it is new: %s', async (manager) => {
    const tree = treeWith({});
    const before = contentsOf(tree);
    const steps = await apply(tree, { manager });
    expect(rootPackages(tree)).toEqual(expect.arrayContaining([manager, 'secretlint', '@secretlint/secretlint-rule-preset-recommend']));
    expect(JSON.parse(text(tree, 'package.json')).scripts?.prepare).toBe(manager === 'husky' ? 'husky || true' : undefined);
    expect(steps.map(({ file }) => file)).toEqual(manager === 'lefthook' ? ['pnpm-workspace.yaml'] : []);
    expect(await apply(tree)).toEqual(steps);
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['pre-commit'], { leaveNoTrace: true });
    expect(contentsOf(tree)).toEqual(before);
  });

  it('can be changed, and leaves nothing of the one before', async () => {
    const config = 'repos:\n  - repo: meta\n    hooks:\n      - id: identity\n';
    const tree = treeWith({ [CONFIG]: config, 'lefthook.yml': 'pre-push:\n  commands: {}\n', '.husky/pre-commit': 'true\n' });
    const before = contentsOf(tree);
    const traces = () => [text(tree, CONFIG), text(tree, 'lefthook.yml'), text(tree, '.husky/pre-commit')].map((one) => one.includes('nx-harden') || one.includes('.hardening'));
    await apply(tree, { manager: 'pre-commit' });
    expect(traces()).toEqual([true, false, false]);
    await apply(tree, { manager: 'lefthook' });
    expect(traces()).toEqual([false, true, false]);
    await apply(tree, { manager: 'husky' });
    expect(traces()).toEqual([false, false, true]);
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['pre-commit'], { leaveNoTrace: true });
    expect(contentsOf(tree)).toEqual(before);
  });

  it('is told of a prepare script that does not turn the hooks on', async () => {
    const steps = await apply(treeWith(manifest({ scripts: { prepare: 'node build.js' } })), { manager: 'husky' });
    expect(steps).toMatchObject([{ file: 'package.json', lines: '"prepare": "node build.js && husky"' }]);
  });
});

describe('the hooks', () => {
  it('fit what the workspace has', async () => {
    const bare = treeWith({});
    await apply(bare);
    expect(hooksIn(bare).map(({ id }) => id)).toEqual(['secrets', 'large-files', 'merge-markers', 'lint', 'sync', 'type-check', 'test', 'affected']);
    expect(hooksIn(bare)[3]?.entry).toBe('pnpm exec nx affected -t lint --uncommitted --outputStyle=static');
    const full = treeWith(manifest({ devDependencies: { eslint: '^9', prettier: '^3' } }));
    await apply(full, { maxFileSize: 2000 });
    expect(hooksIn(full).map(({ id }) => id)).toContain('format');
    expect(hooksIn(full).map(({ entry }) => entry)).toEqual(expect.arrayContaining(['node .hardening/staged-files.mjs lint', 'node .hardening/staged-files.mjs large-files --max-kb=2000']));
  });

  it('run on push what is slow', async () => {
    const tree = treeWith({ 'nx.json': '{ "defaultBase": "develop" }' });
    await apply(tree);
    expect(hooksIn(tree).filter(({ stages }) => stages.includes('push')).map(({ entry }) => entry)).toEqual(['node .hardening/affected.mjs --base=origin/develop -t lint typecheck test build']);
  });

  it('leave out what the team has, by id or by what it does', async () => {
    const tree = treeWith({ [CONFIG]: 'repos:\n  - repo: local\n    hooks:\n      - id: test\n        entry: make check\n        language: system\n      - id: leaks\n        entry: gitleaks git --staged\n        language: system\n' });
    await apply(tree);
    expect(hooksIn(tree).map(({ id }) => id)).toEqual(['test', 'leaks', 'large-files', 'merge-markers', 'lint', 'sync', 'type-check', 'affected']);
    expect(rootPackages(tree)).toEqual([]);
    expect(tree.exists('.secretlintrc.json')).toBe(false);
  });

  it.each([
    ['stages: [commit]', ['commit']],
    ['stages: [pre-commit]', ['pre-commit']],
  ])('name their stages as the team does: %s', async (stages, expected) => {
    const tree = treeWith({ [CONFIG]: `repos:\n  - repo: meta\n    hooks:\n      - id: identity\n        ${stages}\n` });
    await apply(tree);
    expect(hooksIn(tree).find(({ id }) => id === 'secrets')?.stages).toEqual(expected);
    const made = text(tree, CONFIG);
    await apply(tree);
    expect(text(tree, CONFIG)).toBe(made);
  });

  it.each([CONFIG, 'lefthook.yml'])('are not put in where %s is no YAML: file, line and column are told', async (path) => {
    const content = 'repos:\n  - repo: "a\n';
    const tree = treeWith({ [path]: content });
    await expect(apply(tree)).rejects.toThrow(new RegExp(`^${path.replaceAll('.', '\\.')} is no valid YAML \\(line 3, column 1: \\w+\\)\\. Mend it and run again\\.$`));
    expect(text(tree, path)).toBe(content);
    expect(checkPreCommit(tree, readNextApp(tree, 'web'))).toMatchObject([{ check: 'pre-commit/readable', status: 'fail' }]);
  });
});

describe('the secret scan', () => {
  it.each([
    ['20', '^11.7.1', '--maskSecrets --no-glob'],
    ['22', '^13.0.6', '--maskSecrets --no-glob --no-gitignore'],
  ])('is as new as Node %s can run', async (node, range, flags) => {
    const tree = treeWith({ '.nvmrc': `${node}\n` });
    await apply(tree);
    expect(JSON.parse(text(tree, 'package.json')).devDependencies.secretlint).toBe(range);
    expect(hooksIn(tree)[0]?.entry).toBe(`pnpm exec secretlint ${flags}`);
  });

  it("keeps the team's rules", async () => {
    const tree = treeWith({ '.secretlintrc.yml': 'rules: []\n' });
    await apply(tree);
    expect(tree.exists('.secretlintrc.json')).toBe(false);
    expect(rootPackages(tree)).toEqual(['secretlint']);
  });

  it('can be gitleaks, which does not print what it finds', async () => {
    const tree = treeWith({});
    await apply(tree, { secretScan: 'gitleaks' });
    expect(hooksIn(tree)[0]?.entry).toBe('gitleaks git --pre-commit --staged --redact');
    expect(rootPackages(tree)).toEqual([]);
    expect(tree.exists('.secretlintrc.json')).toBe(false);
  });
});

describe('two apps', () => {
  it('share the hooks and their options, and the last to leave takes them out', async () => {
    const second = { 'apps/admin/package.json': '{ "name": "@acme/admin", "dependencies": { "next": "16.4.6" } }', 'apps/admin/app/page.tsx': '' };
    const tree = treeWith({ ...second, [CONFIG]: 'repos:\n  - repo: meta\n    hooks:\n      - id: identity\n' });
    const before = contentsOf(tree);
    await apply(tree, { secretScan: 'gitleaks', maxFileSize: 900 }, 'web');
    const made = text(tree, CONFIG);
    await apply(tree, {}, 'admin');
    expect(text(tree, CONFIG)).toBe(made);
    expect(rootPackages(tree)).toEqual([]);
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['pre-commit'], { leaveNoTrace: true });
    expect(hooksIn(tree).length).toBeGreaterThan(5);
    expect((await removeCapabilities(tree, readNextApp(tree, 'admin'), ['pre-commit'], { leaveNoTrace: true })).steps).toEqual([]);
    expect(contentsOf(tree)).toEqual(before);
  });
});
