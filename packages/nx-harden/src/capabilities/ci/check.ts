import type { Finding, FindingStatus, ReadTree } from '../../capability';
import { updatesActions } from '../../edits/dependabot';
import { findRenovateFile, pinsActions } from '../../edits/renovate';
import type { NextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import { eventsOf, jobsOf, lineOfPart, readLocalActions, readWorkflows, valuesOf, type Place, type Workflow } from './workflows';

interface Verdict {
  status: FindingStatus;
  message: string;
  file?: string;
  line?: number;
  /** Whether our generator mends it. */
  isOurs?: boolean;
}

const TESTS = /\bnx\s+(affected|run-many)\b.*\b(test|e2e)\b|\bnx\s+(run\s+)?\S*\btest\b|\b(pnpm|npm|yarn|bun|bunx|npx)\b[^\n]*\b(test|vitest|jest)\b|\b(turbo|lerna)\b.*\btest\b/;
/** Text that whoever opens an issue or a pull request chooses. */
const UNTRUSTED = /\$\{\{[^}]*(github\.head_ref|github\.event\.[\w.*[\]'-]*(title|body|head\.ref|head\.label|message|email|name|label|page_name|default_branch))[^}]*\}\}/;
/** The whole event, with all such text in it. */
const WHOLE_EVENT = /\$\{\{[^}]*toJSON\(\s*github(\.event)?\s*\)[^}]*\}\}/i;
const CODE_OF_A_STRANGER = /\bhead\b|\bhead_(ref|sha)\b|merge_commit_sha|refs\/pull\//;
const RETIRED_CACHE = /^@nx\/(powerpack-)?(s3|gcs|azure|shared-fs)-cache$/;

/** Looks at all workflows of the repository, whoever wrote them. */
export function checkCi(tree: ReadTree, app: NextApp): Finding[] {
  const all = readWorkflows(tree);
  const actions = readLocalActions(tree);
  const broken = [...all, ...actions].find(({ error }) => error);
  const workflows = all.filter(({ error }) => !error);
  const withActions = [...workflows, ...actions.filter(({ error }) => !error)];
  const verdicts: Record<string, Verdict> = {
    tests: checkTests(workflows),
    ...(broken && { yaml: { status: 'fail', message: `No valid YAML: ${broken.error?.message}`, file: broken.path, line: broken.error?.line } as Verdict }),
    ...(workflows.length > 0 && {
      pins: checkPins(withActions),
      permissions: checkPermissions(workflows),
      injection: checkInjection(withActions),
      'pull-request-target': checkPullRequestTarget(workflows),
      credentials: checkCredentials(workflows),
      timeouts: checkTimeouts(workflows),
      updates: checkUpdates(tree),
    }),
    cache: checkCache(tree),
  };
  return Object.entries(verdicts).map(([name, { isOurs, ...verdict }]) => ({
    check: `ci/${name}`,
    ...verdict,
    ...(isOurs && verdict.status !== 'pass' && { fix: `nx g @chronos/nx-harden:ci ${app.shortName}` }),
    docs: `ci#${name}`,
  }));
}

function checkTests(workflows: Workflow[]): Verdict {
  const onPullRequest = workflows.filter((workflow) => eventsOf(workflow).some((event) => event === 'pull_request' || event === 'merge_group'));
  const run = withCalled(onPullRequest, workflows)
    .flatMap((workflow) => valuesOf(workflow, 'run'))
    .find(({ value }) => TESTS.test(value));
  if (run) return { status: 'pass', message: 'Tests run on each pull request', ...at(run) };
  return { status: 'fail', message: 'No workflow runs the tests on a pull request', isOurs: true };
}

/** Workflows with those of the same repository that they call. */
function withCalled(callers: Workflow[], all: Workflow[]): Workflow[] {
  const paths = callers.flatMap((workflow) => valuesOf(workflow, 'uses')).map(({ value }) => value.replace(/^\.\//, ''));
  const called = all.filter((workflow) => !callers.includes(workflow) && paths.includes(workflow.path));
  return called.length > 0 ? withCalled([...callers, ...called], all) : callers;
}

function checkPins(workflows: Workflow[]): Verdict {
  const all = workflows.flatMap((workflow) => valuesOf(workflow, 'uses'));
  const loose = all.filter(({ value }) => !value.startsWith('./') && !/@[0-9a-f]{40}$/.test(value) && !/^docker:\/\/.+@sha256:/.test(value));
  const [first] = loose;
  if (first) return { status: 'fail', message: `${loose.length} of ${all.length} actions are not pinned to a commit: ${first.value} can become other code`, ...at(first) };
  return { status: 'pass', message: `All ${all.length} actions are pinned to commits` };
}

function checkPermissions(workflows: Workflow[]): Verdict {
  const wide = workflows.flatMap((workflow) => valuesOf(workflow, 'permissions')).find(({ value }) => value === 'write-all');
  if (wide) return { status: 'fail', message: 'permissions: write-all lets every step write everything', ...at(wide) };
  for (const workflow of workflows.filter(({ content }) => content['permissions'] === undefined)) {
    const open = jobsOf(workflow).find(({ job }) => job['permissions'] === undefined);
    if (open) return { status: 'fail', message: `The job ${open.id} has the token's default permissions: say which it needs`, file: workflow.path, line: open.line };
  }
  return { status: 'pass', message: 'Each job says which permissions it needs' };
}

function checkInjection(workflows: Workflow[]): Verdict {
  for (const place of workflows.flatMap((workflow) => [...valuesOf(workflow, 'run'), ...valuesOf(workflow, 'script')])) {
    const [expression] = UNTRUSTED.exec(place.value) ?? WHOLE_EVENT.exec(place.value) ?? [];
    if (expression === undefined) continue;
    return { status: 'fail', message: `${expression} is text that anyone chooses, and becomes code here: pass it by env`, file: place.workflow.path, line: lineOfPart(place, expression) };
  }
  return { status: 'pass', message: 'No text from outside becomes code' };
}

function checkPullRequestTarget(workflows: Workflow[]): Verdict {
  for (const workflow of workflows.filter((one) => eventsOf(one).includes('pull_request_target'))) {
    const place =
      valuesOf(workflow, 'ref').find(({ value }) => CODE_OF_A_STRANGER.test(value)) ??
      valuesOf(workflow, 'run').find(({ value }) => /\bgh pr checkout\b/.test(value));
    if (place) return { status: 'fail', message: "pull_request_target checks out a stranger's code with your secrets at hand", ...at(place) };
  }
  return { status: 'pass', message: 'No code from a fork runs with secrets' };
}

function checkCredentials(workflows: Workflow[]): Verdict {
  for (const workflow of workflows) {
    for (const { id, job, line } of jobsOf(workflow)) {
      const steps = (Array.isArray(job['steps']) ? job['steps'] : []) as { uses?: string; with?: Record<string, unknown> }[];
      const keeps = steps.some(({ uses, with: inputs }) => uses?.startsWith('actions/checkout@') && inputs?.['persist-credentials'] !== false);
      if (keeps) return { status: 'warn', message: `The job ${id} leaves its token in .git/config, for every later step to read: persist-credentials: false`, file: workflow.path, line };
    }
  }
  return { status: 'pass', message: 'No checkout leaves its token behind' };
}

function checkTimeouts(workflows: Workflow[]): Verdict {
  for (const workflow of workflows) {
    const endless = jobsOf(workflow).find(({ job }) => job['timeout-minutes'] === undefined && job['uses'] === undefined);
    if (endless) return { status: 'warn', message: `The job ${endless.id} may hang for six hours: set timeout-minutes`, file: workflow.path, line: endless.line };
  }
  return { status: 'pass', message: 'Each job ends in time' };
}

function checkUpdates(tree: ReadTree): Verdict {
  const dependabot = ['.github/dependabot.yml', '.github/dependabot.yaml'].find((path) => tree.exists(path));
  if (dependabot && updatesActions(tree.read(dependabot, 'utf-8') ?? '')) return { status: 'pass', message: 'Dependabot keeps the actions fresh', file: dependabot };
  const renovate = findRenovateFile(tree);
  if (renovate && pinsActions(tree, renovate)) return { status: 'pass', message: 'Renovate keeps the actions fresh', file: renovate };
  return { status: 'fail', message: 'Nothing keeps the actions fresh: a pin without updates keeps the holes as well', isOurs: true };
}

function checkCache(tree: ReadTree): Verdict {
  const manifest = readJsonFile(tree, 'package.json');
  const names = Object.keys({ ...(manifest?.['dependencies'] as object), ...(manifest?.['devDependencies'] as object) });
  const retired = names.find((name) => RETIRED_CACHE.test(name));
  if (retired) return { status: 'fail', message: `${retired} is retired: whoever can open a pull request can poison its cache (CVE-2025-36852). Take it out`, file: 'package.json' };
  return { status: 'pass', message: 'No retired remote cache' };
}

function at({ workflow, line }: Place): { file: string; line: number } {
  return { file: workflow.path, line };
}
