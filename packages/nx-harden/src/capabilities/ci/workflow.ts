import { join } from 'node:path';
import type { ReadTree } from '../../capability';
import type { NextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import { renderTemplate } from '../../template';
import { VERCEL_CLI } from '../../versions';
import { envNamesOf, placeholderFor } from './env-names';
import type { CiOptions } from './schema';
import { setupOf, uses } from './setup';

const FILES = join(__dirname, 'files');
const AGENTS = '3 linux-medium-js';

/** An app that has CI on, with its options. */
export interface CiApp {
  app: NextApp;
  options: CiOptions;
}

/** The workflow of the workspace, for all apps that have CI on, in the order of their roots. */
export function renderWorkflow(tree: ReadTree, name: string, apps: readonly CiApp[]): string {
  const [first] = apps;
  if (!first) throw new Error('A workflow needs an app.');
  const setup = setupOf(tree, first.app);
  const setupSteps = (setShas: boolean): string => trimmed('setup-steps.yml', { ...setup, uses, setShas });
  const branches = branchesOf(apps);
  const isOnCloud = hasNxCloud(tree);
  const distributeOn = apps.map(({ options }) => options.distributeOn).find(Boolean) ?? AGENTS;
  if (/["$`\\\n]/.test(distributeOn)) throw new Error(`--distributeOn="${distributeOn}" has a character that a shell would read. Write it like: "${AGENTS}"`);
  return render('ci.yml', {
    name,
    branches: branches.map(yamlScalar),
    exec: setup.exec,
    setupSteps: setupSteps(true),
    cacheSteps: isOnCloud ? trimmed('cloud-steps.yml', { exec: setup.exec, distributeOn }) : trimmed('cache-steps.yml', { uses, lockfile: setup.lockfile }),
    cloudFixStep: isOnCloud ? ['      - name: Let Nx Cloud propose a fix', '        if: always()', `        run: ${setup.exec} nx fix-ci`].join('\n') : '',
    placeholders: secretsOf(tree, apps.map(({ app }) => app)).map((variable) => ({ name: variable, value: placeholderFor(variable) })),
    deployJobs: apps
      .filter(({ options }) => options.deploy !== 'none')
      .map(({ app }) => deployJobs(tree, app, apps.length > 1, setupSteps(false), branches[0] ?? app.defaultBranch))
      .join(''),
  }).replace(/\n{3,}/g, '\n\n').replace(/^\n+(?= {6}- )/gm, '');
}

/** The branches that any app names, the first app's first. */
function branchesOf(apps: readonly CiApp[]): string[] {
  const branches = [...new Set(apps.flatMap(({ app, options }) => (options.branches?.length ? options.branches : [app.defaultBranch])))];
  const wrong = branches.find((branch) => !/^[\w][\w./-]*$/.test(branch));
  if (wrong !== undefined) throw new Error(`--branches: "${wrong}" is no name of a branch. Name branches, separated by commas; patterns are not supported.`);
  return branches;
}

function deployJobs(tree: ReadTree, app: NextApp, isOneOfSeveral: boolean, setupSteps: string, productionBranch: string): string {
  const suffix = isOneOfSeveral ? `-${app.shortName}` : '';
  const names = envNamesOf(tree, app);
  const buildEnv = names.map((name) => `          ${name}: \${{ ${name.startsWith('NEXT_PUBLIC_') ? 'vars' : 'secrets'}.${name} }}`);
  const unsetEmpty = [
    "          # What is not set here comes from the Vercel project; an empty value would hide it.",
    `          for name in ${names.join(' ')}; do`,
    '            if [ -z "${!name}" ]; then unset "$name"; fi',
    '          done',
  ];
  return render('deploy-vercel.yml', {
    app: app.shortName,
    project: app.name,
    suffix,
    productionBranch,
    previewEnvironment: `preview${suffix}`,
    productionEnvironment: `production${suffix}`,
    setupSteps,
    vercelCli: VERCEL_CLI,
    buildEnv: buildEnv.join('\n'),
    unsetEmpty: names.length > 0 ? unsetEmpty.join('\n') : '',
  });
}

/** What the builds read, public or not: in a job that anyone can run, each gets a value that is none. */
function secretsOf(tree: ReadTree, apps: readonly NextApp[]): string[] {
  return [...new Set(apps.flatMap((app) => envNamesOf(tree, app)))].sort();
}

function hasNxCloud(tree: ReadTree): boolean {
  const nxJson = readJsonFile(tree, 'nx.json');
  return Boolean(nxJson?.['nxCloudId'] ?? nxJson?.['nxCloudAccessToken']) && nxJson?.['neverConnectToCloud'] !== true;
}

function render(name: string, values: Record<string, unknown>): string {
  // An empty part leaves a line behind that nothing stands on.
  return renderTemplate(join(FILES, `${name}.template`), values).replace(/^[ \t]+$/gm, '');
}

function trimmed(name: string, values: Record<string, unknown>): string {
  return render(name, values).replace(/\n+$/, '');
}

function yamlScalar(text: string): string {
  return /^(true|false|null|yes|no|on|off|~|[\d.]+)$/i.test(text) ? `'${text}'` : text;
}
