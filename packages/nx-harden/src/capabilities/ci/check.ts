import type { Finding, FindingStatus, ReadTree } from '../../capability';
import { updatesActions } from '../../edits/dependabot';
import { findRenovateFile, pinsActions } from '../../edits/renovate';
import type { NextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import { eventsOf, jobsOf, readWorkflows, valuesOf, type Place, type Workflow } from './workflows';

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
const RETIRED_CACHES = ['@nx/s3-cache', '@nx/gcs-cache', '@nx/azure-cache', '@nx/shared-fs-cache'];

/** Looks at all workflows of the repository, whoever wrote them. */
export function checkCi(tree: ReadTree, app: NextApp): Finding[] {
  const all = readWorkflows(tree);
  const broken = all.find(({ error }) => error);
  const workflows = all.filter(({ error }) => !error);
  const verdicts: Record<string, Verdict> = {
    tests: checkTests(workflows),
    ...(broken && { yaml: { status: 'fail', message: `No valid YAML: ${broken.error?.message}`, file: broken.path, line: broken.error?.line } as Verdict }),
    ...(workflows.length > 0 && {
      pins: checkPins(workflows),
      permissions: checkPermissions(workflows),
      injection: checkInjection(workflows),
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
  const run = workflows
    .filter((workflow) => eventsOf(workflow).some((event) => event === 'pull_request' || event === 'merge_group'))
    .flatMap((workflow) => valuesOf(workflow, 'run'))
    .find(({ value }) => TESTS.test(value));
  if (run) return { status: 'pass', message: 'Tests run on each pull request', ...at(run) };
  return { status: 'fail', message: 'No workflow runs the tests on a pull request', isOurs: true };
}

function checkPins(workflows: Workflow[]): Verdict {
  const all = workflows.flatMap((workflow) => valuesOf(workflow, 'uses'));
  const loose = all.filter(({ value }) => !value.startsWith('./') && !/@[0-9a-f]{40}$/.test(value) && !/^docker:\/\/.+@sha256:/.test(value));
  const [first] = loose;
  if (first) return { status: 'fail', message: `${loose.length} of ${all.length} actions are not pinned to a commit: ${first.value} can become other code`, ...at(first) };
  return { status: 'pass', message: `All ${all.length} actions are pinned to commits` };
}

function checkPermissions(workflows: Workflow[]): Verdict {
  for (const workflow of workflows) {
    const top = workflow.document.toJS()?.permissions as unknown;
    const open = top === undefined ? jobsOf(workflow).find(({ job }) => job['permissions'] === undefined) : undefined;
    const wide = [top, ...jobsOf(workflow).map(({ job }) => job['permissions'])].includes('write-all');
    if (wide) return { status: 'fail', message: 'permissions: write-all lets every step write everything', file: workflow.path };
    if (open) return { status: 'fail', message: `The job ${open.id} has the token's default permissions: say which it needs`, file: workflow.path, line: open.line };
  }
  return { status: 'pass', message: 'Each job says which permissions it needs' };
}

function checkInjection(workflows: Workflow[]): Verdict {
  const places = workflows.flatMap((workflow) => [...valuesOf(workflow, 'run'), ...valuesOf(workflow, 'script')]);
  const hit = places.find(({ value }) => UNTRUSTED.test(value));
  if (hit) return { status: 'fail', message: `${UNTRUSTED.exec(hit.value)?.[0]} is text that anyone chooses, and becomes code here: pass it by env`, ...at(hit) };
  return { status: 'pass', message: 'No text from outside becomes code' };
}

function checkPullRequestTarget(workflows: Workflow[]): Verdict {
  for (const workflow of workflows.filter((one) => eventsOf(one).includes('pull_request_target'))) {
    const ref = valuesOf(workflow, 'ref').find(({ value }) => /head/.test(value));
    if (ref) return { status: 'fail', message: "pull_request_target checks out a stranger's code with your secrets at hand", ...at(ref) };
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
  const retired = RETIRED_CACHES.find((name) => names.includes(name));
  if (retired) return { status: 'fail', message: `${retired} is retired: whoever can open a pull request can poison its cache (CVE-2025-36852). Take it out`, file: 'package.json' };
  return { status: 'pass', message: 'No retired remote cache' };
}

function at({ workflow, line }: Place): { file: string; line: number } {
  return { file: workflow.path, line };
}
