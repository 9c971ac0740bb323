import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { applyCapabilities } from '../../apply-capabilities';
import { readNextApp } from '../../next-app';
import { fixtures, treeOf } from '../../testing/fixtures';
import { checkCi } from './check';

const WORKFLOW = '.github/workflows/ci.yml';

function fixture(): Tree {
  const found = fixtures.find(({ name }) => name.includes('create-nx-workspace'));
  if (!found) throw new Error('no fixture is called create-nx-workspace');
  return treeOf(found);
}

const apply = (tree: Tree) => applyCapabilities(tree, undefined, [{ id: 'ci', options: {} }]);
const read = (tree: Tree): string => tree.read(WORKFLOW, 'utf-8') ?? '';

describe('the check', () => {
  const PLANTED: [string, (text: string) => string][] = [
    ['pins', (text) => text.replace(/checkout@\S+/, 'checkout@v7')],
    ['permissions', (text) => text.replace('permissions: {}', 'permissions: write-all')],
    ['injection', (text) => text.replace('run: pnpm install --frozen-lockfile', 'run: echo "${{ github.event.pull_request.title }}"')],
    ['pull-request-target', (text) => text.replace('  pull_request:', '  pull_request:\n  pull_request_target:').replace('fetch-depth: 0', 'ref: ${{ github.event.pull_request.head.sha }}')],
    ['credentials', (text) => text.replace('          persist-credentials: false\n', '')],
    ['timeouts', (text) => text.replace('    timeout-minutes: 30\n', '')],
    ['tests', (text) => text.replace('nx affected -t lint typecheck test build', 'nx graph').replaceAll('nx affected', 'nx graph')],
    ['yaml', (text) => text.replace('jobs:', 'jobs: [')],
    ['yaml', (text) => text.replace('permissions: {}', 'permissions: *gone')],
    ['permissions', (text) => text.replace('permissions: {}\n', '').replace('    permissions:\n      contents: read\n      actions: read\n', '')],
    ['injection', (text) => text.replace('run: pnpm install --frozen-lockfile', "run: echo '${{ toJSON(github.event) }}'")],
    ['injection', (text) => text.replace('run: pnpm install --frozen-lockfile', 'run: git checkout ${{ github.head_ref }}')],
    ['pull-request-target', (text) => text.replace('  pull_request:', '  pull_request:\n  pull_request_target:').replace('run: pnpm install --frozen-lockfile', 'run: gh pr checkout 1')],
  ];
  const red = (tree: Tree): string[] => checkCi(tree, readNextApp(tree)).filter(({ status }) => status !== 'pass').map(({ check }) => check.replace('ci/', ''));

  it.each(PLANTED)('%s turns red, and nothing else, when it is planted', async (name, plant) => {
    const tree = fixture();
    await apply(tree);
    expect(red(tree)).toEqual([]);
    const before = read(tree);
    expect(plant(before)).not.toBe(before);
    if (name === 'yaml') tree.write('.github/workflows/other.yml', plant(before));
    else tree.write(WORKFLOW, plant(before));
    expect(red(tree)).toEqual([name]);
  });

  it('names the line on which a fault stands, however far down in a script', async () => {
    const tree = fixture();
    await apply(tree);
    tree.write(WORKFLOW, read(tree).replace('          echo "e2e=$e2e" >>', '          echo "${{ github.event.issue.title }}"\n          echo "e2e=$e2e" >>'));
    const line = read(tree).split('\n').findIndex((one) => one.includes('issue.title')) + 1;
    expect(checkCi(tree, readNextApp(tree)).find(({ status }) => status === 'fail')).toMatchObject({ check: 'ci/injection', file: WORKFLOW, line });
  });

  it('looks into the actions of the repository, and into the workflows that are called', async () => {
    const tree = fixture();
    await apply(tree);
    tree.write('.github/actions/setup/action.yml', 'name: Setup\nruns:\n  using: composite\n  steps:\n    - uses: actions/setup-node@v7\n');
    expect(red(tree)).toEqual(['pins']);
    tree.delete('.github/actions/setup/action.yml');
    tree.write('.github/workflows/tests.yml', read(tree).replace(/^on:[\s\S]*?^permissions:/m, 'on:\n  workflow_call:\npermissions:'));
    tree.write(WORKFLOW, 'on:\n  pull_request:\npermissions: {}\njobs:\n  tests:\n    permissions: { contents: read }\n    uses: ./.github/workflows/tests.yml\n');
    expect(red(tree)).toEqual([]);
  });

  it('follows anchors, which GitHub does too', () => {
    const tree = fixture();
    tree.write('.github/workflows/test.yml', 'on: pull_request\njobs:\n  a: &job\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    permissions: { contents: read }\n    steps:\n      - run: pnpm test\n  b: *job\n');
    tree.write('renovate.json', '{ "extends": ["config:best-practices"] }');
    expect(red(tree)).toEqual([]);
  });

  it('says that a config of Renovate which cannot be read keeps nothing fresh', async () => {
    const tree = fixture();
    await apply(tree);
    tree.delete('.github/dependabot.yml');
    tree.write('renovate.json', '{ "extends": [');
    expect(red(tree)).toEqual(['updates']);
  });

  it('sees that nothing keeps the pins fresh, and a cache that is retired', async () => {
    const tree = fixture();
    await apply(tree);
    tree.delete('.github/dependabot.yml');
    expect(red(tree)).toEqual(['updates']);
    tree.write('package.json', '{ "name": "a", "devDependencies": { "@nx/s3-cache": "4.0.0" } }');
    expect(red(tree)).toEqual(['updates', 'cache']);
  });

  it("passes a team's own workflow that is well made", () => {
    const tree = fixture();
    tree.write('.github/workflows/test.yaml', 'on: [pull_request]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n    permissions: { contents: read }\n    steps:\n      - run: pnpm test\n');
    tree.write('renovate.json', '{ "extends": ["config:best-practices"] }');
    expect(red(tree)).toEqual([]);
  });
});
