import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { parse } from 'yaml';
import { applyCapabilities } from '../../apply-capabilities';
import { readNextApp } from '../../next-app';
import { removeCapabilities } from '../../remove-capabilities';
import { contentsOf, fixtures, treeOf } from '../../testing/fixtures';
import { lintWorkflow, runSteps } from '../../testing/lint-workflow';
import { ACTIONS } from '../../versions';
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
  steps: { name?: string; run?: string; uses?: string; env?: Record<string, string>; with?: Record<string, string> }[];
}
const jobsOf = (text: string): Record<string, Job> => (parse(text) as { jobs: Record<string, Job> }).jobs;

async function workflow(name?: string, options: Record<string, unknown> = {}, prepare: (tree: Tree) => void = () => undefined): Promise<string> {
  const tree = fixture(name);
  prepare(tree);
  await apply(tree, undefined, options);
  return read(tree);
}

const onCloud = (tree: Tree) => tree.write('nx.json', '{ "nxCloudId": "abc" }');
/** The app of the Payload fixture, with its secrets, as each package manager has it. */
const MANAGERS: Record<string, (tree: Tree) => void> = {
  pnpm: () => undefined,
  npm: (tree) => (withoutPnpm(tree), tree.write('package-lock.json', '{}')),
  yarn: (tree) => (withoutPnpm(tree), tree.write('yarn.lock', '')),
  bun: (tree) => (withoutPnpm(tree), tree.write('bun.lock', '{}')),
};
const BRANCHES = [['main'], ['production/deploy-2025-12-14', 'develop']];

function withoutPnpm(tree: Tree): void {
  tree.delete('pnpm-lock.yaml');
  tree.delete('pnpm-workspace.yaml');
  tree.write('package.json', '{ "name": "a", "workspaces": ["apps/*"] }');
}

const MATRIX = Object.entries(MANAGERS).flatMap(([manager, prepare]) =>
  ['vercel', 'none'].flatMap((deploy) =>
    BRANCHES.flatMap((branches) =>
      [undefined, onCloud].map((cloud): [string, () => Promise<string>] => [
        `${manager}, deploy ${deploy}, branches ${branches}${cloud ? ', Nx Cloud' : ''}`,
        () => workflow('Payload', { deploy, branches }, (tree) => (prepare(tree), cloud?.(tree))),
      ]),
    ),
  ),
);
const VARIANTS: [string, () => Promise<string>][] = [
  ...MATRIX,
  ['an app without variables', () => workflow()],
  ['pnpm, pinned', () => workflow(undefined, {}, (tree) => tree.write('package.json', '{ "name": "a", "packageManager": "pnpm@10.1.0" }'))],
  ['npm, .nvmrc', () => workflow('and npm')],
  ['yarn, the Pages Router', () => workflow('and yarn')],
  ['bun, standalone', () => workflow('and bun')],
  ['engines', () => workflow(undefined, {}, (tree) => tree.write('package.json', '{ "name": "a", "engines": { "node": ">=22" } }'))],
  ['Playwright', () => workflow(undefined, {}, (tree) => tree.write('package.json', '{ "name": "a", "devDependencies": { "@playwright/test": "1.56.0" } }'))],
  ['our unit and end-to-end tests', () => tested()],
  ['our tests, split, of two apps', () => tested({ shards: 3 }, true)],
  ['our tests on Nx Cloud', () => tested({}, false, onCloud)],
  ['two apps', () => twoApps().then((tree) => read(tree))],
  ['two apps on Nx Cloud', () => twoApps(onCloud).then((tree) => read(tree))],
];

/** The workflow where our tests are on: as the capabilities record it, of an app with a database. */
async function tested(playwright: { shards?: number } = {}, isTwo = false, prepare: (tree: Tree) => void = () => undefined): Promise<string> {
  const tree = fixture('Payload');
  prepare(tree);
  const projects = ['web', ...(isTwo ? ['admin'] : [])];
  if (isTwo) {
    tree.write('apps/admin/package.json', '{ "name": "@acme/admin", "dependencies": { "next": "~16.4.6" } }');
    tree.write('apps/admin/app/page.tsx', 'export default function Page() {\n  return <h1>Hello</h1>;\n}\n');
  }
  for (const project of projects) {
    const ids = [{ id: 'vitest', options: {} }, { id: 'playwright', options: playwright }, { id: 'ci', options: {} }];
    await applyCapabilities(tree, project, ids);
  }
  return read(tree);
}

async function twoApps(prepare: (tree: Tree) => void = () => undefined): Promise<Tree> {
  const tree = fixture('beside another app');
  prepare(tree);
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

  it('gives the end-to-end tests the same values as the checks, and the browsers that Playwright needs', async () => {
    const text = await workflow('Payload', {}, (tree) => tree.write('package.json', '{ "name": "a", "devDependencies": { "@playwright/test": "1.56.0" } }'));
    const { check, e2e } = jobsOf(text);
    const tasks = (job?: Job) => job?.steps.find(({ run }) => run?.includes('affected -t'))?.env;
    expect(tasks(e2e)).toEqual(tasks(check));
    expect(e2e?.steps.map(({ run }) => run)).toContain('pnpm exec playwright install --with-deps');
    expect(await workflow('Payload')).not.toContain('playwright');
  });

  it('says what the tests came to, and keeps the results, also of a run that failed', async () => {
    const { check, e2e } = jobsOf(await tested());
    for (const [job, kind] of [[check, 'vitest'], [e2e, 'playwright']] as const) {
      expect(job?.steps).toContainEqual(expect.objectContaining({ if: 'always()', run: expect.stringContaining(`test-summary.mjs ${kind} apps/web >> "$GITHUB_STEP_SUMMARY"`) }));
      expect(job?.steps).toContainEqual(expect.objectContaining({ if: 'always()', uses: expect.stringContaining('upload-artifact@') }));
    }
    const tree = fixture();
    await apply(tree);
    expect(tree.exists('.github/nx-harden/test-summary.mjs')).toBe(false);
  });

  it('splits the end-to-end tests over jobs, and puts one report together', async () => {
    const jobs = jobsOf(await tested({ shards: 3 }, true));
    expect(jobs['e2e']).toMatchObject({ strategy: { 'fail-fast': false, matrix: { shard: ['1/3', '2/3', '3/3'] } }, env: { E2E_SHARD: '${{ matrix.shard }}' } });
    const parts = jobs['e2e']?.steps.filter(({ name }) => name?.startsWith('Keep the part of')).map(({ with: inputs }) => inputs?.['name']);
    expect(parts).toEqual(['e2e-part-apps-admin--${{ strategy.job-index }}', 'e2e-part-apps-web--${{ strategy.job-index }}']);
    expect(jobs['e2e-report']?.steps.map(({ run }) => run).join()).toContain('playwright merge-reports');
    expect(jobsOf(await tested())).not.toHaveProperty('e2e-report');
  });

  it('runs the same end-to-end tests against the preview, with the bypass secret in that step alone', async () => {
    const { preview } = jobsOf(await tested());
    const step = preview?.steps.find(({ name }) => name === 'Test the preview');
    expect(step).toMatchObject({ run: 'pnpm exec playwright test', 'working-directory': 'apps/web', env: { BASE_URL: '${{ steps.deploy.outputs.url }}' } });
    expect(preview?.steps.filter(({ env }) => env?.['VERCEL_AUTOMATION_BYPASS_SECRET'])).toHaveLength(1);
  });

  it('caches the browsers by the version of Playwright', async () => {
    const { e2e } = jobsOf(await tested());
    expect(e2e?.steps.find(({ name }) => name === 'Restore the browsers')?.with?.['key']).toContain('steps.playwright.outputs.version');
    expect(e2e?.steps.find(({ name }) => name === 'Install the browsers')).toMatchObject({ if: "steps.browsers.outputs.cache-hit != 'true'", run: 'pnpm exec playwright install --with-deps chromium' });
  });

  it('gives the end-to-end tests a database with its tables, where the app asks for one', async () => {
    const { e2e } = jobsOf(await tested());
    expect(e2e).toMatchObject({ services: { postgres: { image: expect.stringMatching(/^postgres:\d+$/) } } });
    const tables = e2e?.steps.find(({ run }) => run === 'pnpm exec payload migrate');
    expect(tables?.env).toHaveProperty('POSTGRES_URL');
    expect(jobsOf(await workflow()).e2e).not.toHaveProperty('services');
  });

  it('hands the token of Nx Cloud to the steps that use Nx, and to no other', async () => {
    const jobs = jobsOf(await workflow('Payload', {}, onCloud));
    const withToken = Object.values(jobs).flatMap(({ steps }) => steps.filter(({ env }) => env?.['NX_CLOUD_ACCESS_TOKEN']).map(({ run }) => run));
    expect(withToken.map((run) => run?.match(/nx-cloud start-ci-run|nx affected -t \w+|nx fix-ci/)?.[0])).toEqual(['nx-cloud start-ci-run', 'nx affected -t lint', 'nx fix-ci', 'nx affected -t e2e']);
    expect(withToken[0]).toContain('--with-env-vars="NEXT_PUBLIC_SITE_URL,PAYLOAD_SECRET,POSTGRES_URL,S3_BUCKET,S3_REGION"');
  });

  it('gives no value to a switch, which any value would turn on', async () => {
    const text = await workflow(undefined, { deploy: 'none' }, (tree) => tree.write('apps/web/.env.example', 'MAINTENANCE_MODE=\nENABLE_X=\nSENTRY_AUTH_TOKEN=\nNEXT_PUBLIC_DISABLE_Y=\nA_KEY=\n'));
    expect(jobsOf(text)['check']?.steps.find(({ run }) => run?.includes('affected -t'))?.env).toEqual({ A_KEY: expect.any(String) });
  });

  it.each([
    ['', 'yarn install --immutable'],
    ['# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.\n# yarn lockfile v1\n', 'yarn install --frozen-lockfile'],
  ])('knows which yarn wrote the lockfile %j', async (lockfile, install) => {
    expect(await workflow('Payload', {}, (tree) => (withoutPnpm(tree), tree.write('yarn.lock', lockfile)))).toContain(`run: ${install}\n`);
  });

  it('reads the names of variables in every way that apps have', () => {
    const tree = fixture();
    tree.write('apps/web/src/env.ts', "const { A_KEY, B_KEY: b, C_KEY = '1' } = process.env;\nprocess.env['D_KEY']; env('E_KEY'); // process.env.COMMENTED\nprocess.env.NODE_ENV; process.env.VERCEL_URL; process.env.lower;");
    tree.write('apps/web/src/odd.tsx', "export const matcher = '/api/*';\nconst h = (process.env as Env).H_KEY;\n// it's\nconst i = process.env?.I_KEY; const s = `${process.env.J_KEY}`; /* end */");
    tree.write('apps/web/src/t3.js', "export const env = createEnv({ server: { K_KEY: z.string().url(), nested: 1 }, client: { NEXT_PUBLIC_L: z.string() }, experimental__runtimeEnv: {} });");
    tree.write('apps/web/src/zod.ts', "const schema = z.object({ M_KEY: z.string() });\nexport const env = schema.parse(process.env);");
    tree.write('apps/web/src/other.ts', "export const routes = { NO_KEY: route('/') };");
    tree.write('apps/web/src/broken.ts', 'const = process.env.N_KEY');
    tree.write('apps/web/prisma/schema.prisma', 'datasource db {\n  // env("NO_KEY")\n  url = env("O_KEY")\n}\n');
    tree.write('apps/web/src/a.spec.ts', 'process.env.ONLY_IN_A_TEST');
    tree.write('apps/web/.env.example', '# comment\nF_KEY=""\nexport G_KEY=1\n');
    tree.write('apps/web/.env', 'NEVER_READ=1\n');
    expect(envNamesOf(tree, readNextApp(tree))).toEqual(['A_KEY', 'B_KEY', 'C_KEY', 'D_KEY', 'E_KEY', 'F_KEY', 'G_KEY', 'H_KEY', 'I_KEY', 'J_KEY', 'K_KEY', 'M_KEY', 'NEXT_PUBLIC_L', 'N_KEY', 'O_KEY']);
  });

  it("puts ours beside the team's own workflow, and says so", async () => {
    const tree = fixture();
    const own = 'name: CI\non: push\njobs: {}\n';
    tree.write(WORKFLOW, own);
    const { steps } = await apply(tree);
    expect(read(tree)).toBe(own);
    expect(parse(read(tree, '.github/workflows/nx-harden-ci.yml')).name).toBe('CI (nx-harden)');
    expect(steps).toMatchObject([{ file: WORKFLOW, lines: `diff ${WORKFLOW} .github/workflows/nx-harden-ci.yml` }]);
    await removeCapabilities(tree, readNextApp(tree), ['ci'], { leaveNoTrace: true });
    expect(Object.keys(contentsOf(tree)).filter((path) => path.startsWith('.github'))).toEqual([WORKFLOW]);
  });

  it("takes the team's ci.yaml for what it is", async () => {
    const tree = fixture();
    tree.write('.github/workflows/ci.yaml', 'name: CI\non: push\njobs: {}\n');
    expect((await apply(tree)).steps).toMatchObject([{ file: '.github/workflows/ci.yaml' }]);
    expect(tree.exists(WORKFLOW)).toBe(false);
    expect(parse(read(tree, '.github/workflows/nx-harden-ci.yml')).name).toBe('CI (nx-harden)');
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

  it('have jobs of their own where the last parts of their names are the same', async () => {
    const tree = fixture('beside another app');
    tree.write('apps/admin/package.json', '{ "name": "@other/web", "dependencies": { "next": "16.4.6" } }');
    await apply(tree, '@other/web');
    await apply(tree, '@acme/web');
    expect(Object.keys(jobsOf(read(tree)))).toEqual(['check', 'e2e', 'preview-other-web', 'production-other-web', 'preview-acme-web', 'production-acme-web']);
    expect(await lintWorkflow(read(tree))).toEqual([]);
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
