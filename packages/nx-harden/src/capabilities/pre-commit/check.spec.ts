import { describe, expect, it } from 'vitest';
import { readNextApp } from '../../next-app';
import { fixtures, treeOf } from '../../testing/fixtures';
import { checkPreCommit } from './check';

const [plain = { name: '', project: '', files: {} }] = fixtures;

function statuses(files: Record<string, string>): Record<string, string> {
  const tree = treeOf({ ...plain, files: { ...plain.files, ...files } });
  return Object.fromEntries(checkPreCommit(tree, readNextApp(tree, 'web')).map(({ check, status }) => [check.replace('pre-commit/', ''), status]));
}
const manifest = (more: object): string => JSON.stringify({ name: 'acme', ...more });

describe('what the audit sees of the hooks', () => {
  it('is one finding where there are none', () => {
    expect(statuses({})).toEqual({ hooks: 'fail' });
  });

  it.each<[string, Record<string, string>]>([
    ['pre-commit', { '.pre-commit-config.yaml': 'repos:\n  - repo: https://github.com/gitleaks/gitleaks\n    hooks: [{ id: gitleaks }]\n  - repo: local\n    hooks:\n      - { id: a, entry: pnpm tsc --build }\n      - { id: b, entry: pnpm test, stages: [push] }\n' }],
    ['lefthook', { 'lefthook.yml': 'pre-commit:\n  jobs:\n    - run: gitleaks git --staged\n    - group:\n        jobs: [{ run: pnpm tsc }]\npre-push:\n  commands:\n    a: { run: pnpm vitest run }\n' }],
    ['lefthook in TOML', { 'lefthook.toml': '[pre-commit.commands.a]\nrun = "gitleaks git --staged && pnpm tsc"\n[pre-push.commands.b]\nrun = "pnpm vitest run"\n' }],
    ['lefthook in a file that extends it', { 'lefthook.yml': 'extends: [more.yml]\n', 'more.yml': 'pre-commit:\n  commands:\n    a: { run: secretlint . && tsc && pnpm test }\n' }],
    ['husky with scripts and lint-staged', { '.husky/pre-commit': 'pnpm run staged\nsh tools/more.sh\n', 'tools/more.sh': 'npx tsc\n', 'package.json': manifest({ scripts: { staged: 'lint-staged' }, 'lint-staged': { '*': ['secretlint', 'vitest related --run'] } }) }],
    ['husky of an older version', { '.husky/pre-commit': '#!/bin/sh\n. "$(dirname "$0")/_/husky.sh"\n\nnpx secretlint . && npm run type-check && npm test\n' }],
    ['simple-git-hooks', { 'package.json': manifest({ 'simple-git-hooks': { 'pre-commit': 'npx secretlint .', 'pre-push': 'npx tsc && npx jest' } }) }],
    ['a folder of hooks', { '.githooks/pre-commit': 'trufflehog git file://. --since-commit HEAD\nnpm run typecheck\nnpm run test\n' }],
  ])('is what they do: %s', (_, files) => {
    expect(statuses(files)).toMatchObject({ hooks: 'pass', secrets: 'pass', types: 'pass', tests: 'pass', speed: 'pass' });
  });

  it.each<[string, string]>([
    ['# gitleaks, tsc, vitest\ntrue\n', 'a comment'],
    ['pnpm eslint src/testing\n', 'a folder of that name'],
    ['pnpm run contest\n', 'another word'],
  ])('is not %j: %s', (hook) => {
    expect(statuses({ '.husky/pre-commit': hook })).toMatchObject({ hooks: 'pass', secrets: 'fail', types: 'fail', tests: 'fail' });
  });

  it('ends with a script that calls itself', () => {
    expect(statuses({ '.husky/pre-commit': 'pnpm a\n', 'package.json': manifest({ scripts: { a: 'pnpm a' } }) })).toMatchObject({ secrets: 'fail' });
  });

  it.each(['pnpm -r run test', 'npm run test --workspaces', 'nx run-many -t test', 'turbo run test'])('warns of a commit that waits for all: %s', (command) => {
    expect(statuses({ '.husky/pre-commit': command })).toMatchObject({ tests: 'pass', speed: 'warn' });
    expect(statuses({ '.husky/pre-push': command })).toMatchObject({ tests: 'pass', speed: 'pass' });
  });

  it('names the file, the line and the command that mends it', () => {
    const tree = treeOf({ ...plain, files: { ...plain.files, '.pre-commit-config.yaml': 'repos:\n  - repo: local\n    hooks:\n      - id: test\n' } });
    const findings = checkPreCommit(tree, readNextApp(tree, 'web'));
    expect(findings.find(({ check }) => check === 'pre-commit/tests')).toMatchObject({ status: 'pass', file: '.pre-commit-config.yaml', line: 4 });
    expect(findings.find(({ check }) => check === 'pre-commit/secrets')).toMatchObject({ status: 'fail', fix: 'nx g @chronos/nx-harden:pre-commit web', docs: 'pre-commit#secrets' });
  });
});
