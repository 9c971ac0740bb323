import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { parse } from 'yaml';
import { applyCapabilities } from '../../apply-capabilities';
import { readNextApp } from '../../next-app';
import { removeCapabilities } from '../../remove-capabilities';
import { contentsOf, fixtures, treeOf } from '../../testing/fixtures';
import { lintWorkflow, runSteps } from '../../testing/lint-workflow';
import { ACTIONS } from '../../versions';
import { checkCi } from './check';
import { envNamesOf } from './env-names';

const WORKFLOW = '.github/workflows/ci.yml';

function fixture(name = 'create-nx-workspace'): Tree {
  const found = fixtures.find((one) => one.name.includes(name));
  if (!found) throw new Error(`no fixture is called ${name}`);
  return treeOf(found);
}

const apply = (tree: Tree, project?: string, options: Record<string, unknown> = {}) => applyCapabilities(tree, project, [{ id: 'ci', options }]);
const read = (tree: Tree, path = WORKFLOW): string => tree.read(path, 'utf-8') ?? '';

interface Job {
  environment?: { name: string };
  env?: Record<string, string>;
  steps: { name?: string; run?: string; uses?: string; env?: Record<string, string> }[];
}
const jobsOf = (text: string): Record<string, Job> => (parse(text) as { jobs: Record<string, Job> }).jobs;

async function workflow(name?: string, options: Record<string, unknown> = {}, prepare: (tree: Tree) => void = () => undefined): Promise<string> {
  const tree = fixture(name);
  prepare(tree);
  await apply(tree, undefined, options);
  return read(tree);
}

const onCloud = (tree: Tree) => tree.write('nx.json', '{ "nxCloudId": "abc" }');
const VARIANTS: [string, () => Promise<string>][] = [
  ['pnpm, a deploy', () => workflow()],
  ['pnpm, pinned', () => workflow(undefined, {}, (tree) => tree.write('package.json', '{ "name": "a", "packageManager": "pnpm@10.1.0" }'))],
  ['npm, .nvmrc', () => workflow('and npm')],
  ['yarn, the Pages Router', () => workflow('and yarn')],
  ['bun, standalone', () => workflow('and bun')],
  ['secrets', () => workflow('Payload')],
  ['no deploy', () => workflow('Payload', { deploy: 'none' })],
  ['several branches', () => workflow(undefined, { branches: ['production/deploy-2025-12-14', 'develop'] })],
  ['Nx Cloud', () => workflow(undefined, { distributeOn: '5 linux-medium-js' }, onCloud)],
  ['engines', () => workflow(undefined, {}, (tree) => tree.write('package.json', '{ "name": "a", "engines": { "node": ">=22" } }'))],
  ['two apps', () => twoApps().then((tree) => read(tree))],
];

async function twoApps(): Promise<Tree> {
  const tree = fixture('beside another app');
  await apply(tree, 'admin');
  await apply(tree, 'web', { deploy: 'vercel' });
  return tree;
}

describe.each(VARIANTS)('the workflow for %s', (_, make) => {
  it('is clean to actionlint and shellcheck', async () => {
    expect(await lintWorkflow(await make())).toEqual([]);
  });

  it('gives a secret only to jobs behind an environment, and never to an install', async () => {
    for (const [id, job] of Object.entries(jobsOf(await make()))) {
      // Nx Cloud's token for pull requests is a read-only one, made for this.
      const text = JSON.stringify(job).replaceAll('secrets.NX_CLOUD_ACCESS_TOKEN', '');
      if (!job.environment) expect(text, id).not.toContain('secrets.');
      expect(JSON.stringify(job.env ?? {}), id).not.toContain('TOKEN');
      for (const step of job.steps.filter(({ name }) => name?.startsWith('Install'))) expect(step.env, id).toBeUndefined();
    }
  });

  it('pins each action to the commit in versions.ts, and lets no text from outside into a shell', async () => {
    const text = await make();
    const pins = Object.entries(ACTIONS).map(([action, { sha, tag }]) => `${action}@${sha} # ${tag}`);
    for (const [, used] of text.matchAll(/uses: (.+)/g)) expect(pins).toContain(used);
    for (const { run } of runSteps(text)) expect(run).not.toContain('${{');
  });

  it('ends every job in time, with permissions of its own', async () => {
    const { permissions, jobs } = parse(await make());
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) expect(job).toMatchObject({ 'timeout-minutes': expect.any(Number), permissions: { contents: 'read' } });
  });
});

describe('the linters', () => {
  it('see a fault in the workflow and one in a script', async () => {
    const text = await workflow();
    expect((await lintWorkflow(text.replace('needs: check', 'needs: chekc'))).join()).toContain('actionlint');
    expect((await lintWorkflow(text.replace('pnpm install --frozen-lockfile', 'cd $DIR'))).join()).toContain('shellcheck');
  });
});

describe('ci', () => {
  it('deploys to production from the first branch only, and tests before it promotes', async () => {
    const text = await workflow(undefined, { branches: ['production/deploy-2025-12-14', 'develop'] });
    expect(text).toContain("github.ref == 'refs/heads/production/deploy-2025-12-14'");
    expect(text).not.toContain("'refs/heads/develop'");
    const steps = jobsOf(text)['production']?.steps.map(({ run = '' }) => run.match(/vercel \w+( --prod)?|curl/)?.[0]).filter(Boolean);
    expect(steps).toEqual(['vercel pull', 'vercel build --prod', 'vercel deploy', 'curl', 'vercel promote']);
  });

  it('finds the variables that the build reads, and gives the checks none of their values', async () => {
    const jobs = jobsOf(await workflow('Payload'));
    const checks = jobs['check']?.steps.find(({ run }) => run?.includes('affected -t'))?.env;
    expect(checks).toMatchObject({ PAYLOAD_SECRET: expect.stringContaining('vars.CI_PAYLOAD_SECRET ||'), POSTGRES_URL: expect.stringContaining('127.0.0.1') });
    const build = jobs['production']?.steps.find(({ name }) => name === 'Build')?.env;
    expect(build).toMatchObject({ POSTGRES_URL: '${{ secrets.POSTGRES_URL }}', NEXT_PUBLIC_SITE_URL: '${{ vars.NEXT_PUBLIC_SITE_URL }}' });
  });

  it('reads the names of variables in every way that apps have', () => {
    const tree = fixture();
    tree.write('apps/web/src/env.ts', "const { A_KEY, B_KEY: b, C_KEY = '1' } = process.env;\nprocess.env['D_KEY']; env('E_KEY'); // process.env.COMMENTED\nprocess.env.NODE_ENV; process.env.VERCEL_URL; process.env.lower;");
    tree.write('apps/web/src/a.spec.ts', 'process.env.ONLY_IN_A_TEST');
    tree.write('apps/web/.env.example', '# comment\nF_KEY=""\nexport G_KEY=1\n');
    tree.write('apps/web/.env', 'NEVER_READ=1\n');
    expect(envNamesOf(tree, readNextApp(tree))).toEqual(['A_KEY', 'B_KEY', 'C_KEY', 'D_KEY', 'E_KEY', 'F_KEY', 'G_KEY']);
  });

  it("puts ours beside the team's own workflow, and says so", async () => {
    const tree = fixture();
    const own = 'name: CI\non: push\njobs: {}\n';
    tree.write(WORKFLOW, own);
    const steps = await apply(tree);
    expect(read(tree)).toBe(own);
    expect(parse(read(tree, '.github/workflows/nx-harden-ci.yml')).name).toBe('CI (nx-harden)');
    expect(steps).toMatchObject([{ file: WORKFLOW, lines: `diff ${WORKFLOW} .github/workflows/nx-harden-ci.yml` }]);
    await removeCapabilities(tree, readNextApp(tree), ['ci'], { leaveNoTrace: true });
    expect(Object.keys(contentsOf(tree)).filter((path) => path.startsWith('.github'))).toEqual([WORKFLOW]);
  });

  it.each([
    [{ branches: ["main'; echo"] }, /--branches: "main'; echo" is no name of a branch/],
    [{ distributeOn: '3 "$(id)"' }, /has a character that a shell would read/],
    [{ deploy: 'netlify' }, /--deploy is "netlify"; use vercel, none\./],
  ])('refuses %j with one error', async (options, message) => {
    await expect(apply(fixture(), undefined, options)).rejects.toThrow(message);
  });
});

describe('two apps in one workspace', () => {
  it('have one workflow, with a deploy for each', async () => {
    const tree = await twoApps();
    expect(Object.keys(jobsOf(read(tree)))).toEqual(['check', 'e2e', 'preview-admin', 'production-admin', 'preview-web', 'production-web']);
  });

  it('come to the same in whatever order they are made, and made again', async () => {
    const tree = await twoApps();
    const before = contentsOf(tree);
    await apply(tree, 'admin');
    await apply(tree, 'web');
    expect(contentsOf(tree)).toEqual(before);
    const other = fixture('beside another app');
    await apply(other, 'web', { deploy: 'vercel' });
    await apply(other, 'admin');
    expect(read(other)).toBe(read(tree));
  });

  it('leave the workflow to the other when one goes, and nothing when both go', async () => {
    const tree = fixture('beside another app');
    const before = contentsOf(tree);
    await apply(tree, 'web');
    const alone = contentsOf(tree);
    await apply(tree, 'admin');
    await removeCapabilities(tree, readNextApp(tree, 'admin'), ['ci'], { leaveNoTrace: true });
    expect(contentsOf(tree)).toEqual(alone);
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['ci'], { leaveNoTrace: true });
    expect(contentsOf(tree)).toEqual(before);
  });
});

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
