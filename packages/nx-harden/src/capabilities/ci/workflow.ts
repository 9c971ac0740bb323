import type { ReadTree } from '../../capability';
import type { NextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import { VERCEL_CLI } from '../../versions';
import { envNamesOf } from './env-names';
import { placeholderFor } from './placeholder';
import { e2eJobs, previewTests, resultsSteps } from './e2e-jobs';
import { renderPart, renderSteps } from './parts';
import { setupOf, uses } from './setup';
import { appsWithUnitTests, type CiApp } from './tested-apps';

const AGENTS = '3 linux-medium-js';

interface Placeholder {
  name: string;
  value: string;
}

/** The workflow of the workspace, for all apps that have CI on, in the order of their roots. */
export function renderWorkflow(tree: ReadTree, name: string, apps: readonly CiApp[]): string {
  const [first] = apps;
  if (!first) throw new Error('A workflow needs an app.');
  const setup = setupOf(tree, first.app);
  const setupSteps = (setShas: boolean): string => renderSteps('setup-steps.yml', { ...setup, uses, setShas });
  const branches = branchesOf(apps);
  const isOnCloud = hasNxCloud(tree);
  const { exec } = setup;
  const distributeOn = agentsOf(apps);
  const placeholders = placeholdersOf(tree, apps.map(({ app }) => app));
  const taskEnv = isOnCloud || placeholders.length > 0 ? renderSteps('task-env.yml', { isOnCloud, placeholders }) : '';
  const cacheSteps = isOnCloud ? '' : renderSteps('cache-steps.yml', { uses, lockfile: setup.lockfile });
  const wantsDatabase = placeholders.some(({ value }) => value.startsWith('postgresql:'));
  const text = renderPart('ci.yml', {
    name,
    branches: branches.map(yamlScalar),
    exec,
    setupSteps: setupSteps(true),
    cloudSteps: isOnCloud ? renderSteps('cloud-steps.yml', { exec, taskEnv, distributeOn, agentEnv: agentEnv(placeholders) }) : '',
    cloudFixStep: isOnCloud ? renderSteps('cloud-fix-steps.yml', { exec }) : '',
    cacheSteps,
    resultsSteps: resultsSteps('vitest', 'test-results', appsWithUnitTests(apps).map(({ root }) => root)),
    e2eJobs: e2eJobs(tree, apps, { setup, setupSteps: setupSteps(true), plainSetupSteps: setupSteps(false), cacheSteps, taskEnv, appEnv: renderSteps('task-env.yml', { isOnCloud: false, placeholders }), wantsDatabase }),
    placeholders,
    taskEnv,
    deployJobs: deploysOf(apps)
      .map(({ one, suffix }) => deployJobs(tree, one, suffix, { exec, setupSteps: setupSteps(false), productionBranch: branches[0] ?? one.app.defaultBranch }))
      .join(''),
  });
  // A part that is empty leaves an empty line behind; between the steps of a job there is none.
  return text.replace(/\n{3,}/g, '\n\n').replace(/^\n+(?= {6}[-#] )/gm, '');
}

/** The branches that any app names, the first app's first. */
function branchesOf(apps: readonly CiApp[]): string[] {
  const branches = [...new Set(apps.flatMap(({ app, options }) => (options.branches?.length ? options.branches : [app.defaultBranch])))];
  const wrong = branches.find((branch) => !/^[\w][\w./-]*$/.test(branch));
  if (wrong !== undefined) throw new Error(`--branches: "${wrong}" is no name of a branch. Name branches, separated by commas; patterns are not supported.`);
  return branches;
}

/** The apps that are deployed, each with what tells its jobs and environments from those of the others. */
function deploysOf(apps: readonly CiApp[]): { one: CiApp; suffix: string }[] {
  const slug = (text: string): string => text.replace(/[^\w-]+/g, '-').replace(/^-/, '');
  const isTaken = ({ shortName, name }: NextApp): boolean => apps.some(({ app }) => app.name !== name && slug(app.shortName) === slug(shortName));
  return apps
    .filter(({ options }) => options.deploy !== 'none')
    .map((one) => ({ one, suffix: apps.length > 1 ? `-${slug(isTaken(one.app) ? one.app.name : one.app.shortName)}` : '' }));
}

interface DeployParts {
  exec: string;
  setupSteps: string;
  productionBranch: string;
}

function deployJobs(tree: ReadTree, one: CiApp, suffix: string, { exec, setupSteps, productionBranch }: DeployParts): string {
  const { app } = one;
  const names = envNamesOf(tree, app);
  const buildEnv = ['        env:', ...names.map((name) => `          ${name}: \${{ ${name.startsWith('NEXT_PUBLIC_') ? 'vars' : 'secrets'}.${name} }}`)];
  const unsetEmpty = [
    "          # What is not set here comes from the Vercel project; an empty value would hide it.",
    `          for name in ${names.join(' ')}; do`,
    '            if [ -z "${!name}" ]; then unset "$name"; fi',
    '          done',
  ];
  return renderPart('deploy-vercel.yml', {
    app: app.shortName,
    project: app.name,
    suffix,
    productionBranch,
    previewEnvironment: `preview${suffix}`,
    productionEnvironment: `production${suffix}`,
    setupSteps,
    vercelCli: VERCEL_CLI,
    previewTests: previewTests(tree, one, exec),
    buildEnv: names.length > 0 ? buildEnv.join('\n') : '',
    unsetEmpty: names.length > 0 ? unsetEmpty.join('\n') : '',
  });
}

/** What the builds read, public or not: in a job that anyone can run, each gets a value that is none. */
function placeholdersOf(tree: ReadTree, apps: readonly NextApp[]): Placeholder[] {
  return [...new Set(apps.flatMap((app) => envNamesOf(tree, app)))].sort().flatMap((name) => {
    const value = placeholderFor(name);
    return value === undefined ? [] : [{ name, value }];
  });
}

/** Nx sends its own variables to the agents, and no others. */
function agentEnv(placeholders: readonly Placeholder[]): string {
  return placeholders.length > 0 ? ` --with-env-vars="${placeholders.map(({ name }) => name).join(',')}"` : '';
}

function agentsOf(apps: readonly CiApp[]): string {
  const agents = apps.map(({ options }) => options.distributeOn).find(Boolean) ?? AGENTS;
  if (/["$`\\\n]/.test(agents)) throw new Error(`--distributeOn="${agents}" has a character that a shell would read. Write it like: "${AGENTS}"`);
  return agents;
}

function hasNxCloud(tree: ReadTree): boolean {
  const nxJson = readJsonFile(tree, 'nx.json');
  return Boolean(nxJson?.['nxCloudId'] ?? nxJson?.['nxCloudAccessToken']) && nxJson?.['neverConnectToCloud'] !== true;
}

function yamlScalar(text: string): string {
  return /^[a-z_]/i.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text) ? text : `'${text}'`;
}
