import type { Finding, FindingStatus, ReadTree } from '../../capability';
import type { NextApp } from '../../next-app';
import type { HookId } from './hooks';
import { does, readHooks, type TeamHook } from './team-hooks';

interface Check {
  name: string;
  id: HookId;
  /** When nothing does it. */
  status: FindingStatus;
  found: string;
  missed: string;
}

const CHECKS: readonly Check[] = [
  { name: 'secrets', id: 'secrets', status: 'fail', found: 'Secrets are looked for', missed: 'Nothing looks for secrets: one that is pushed has to be replaced, since the history keeps it' },
  { name: 'types', id: 'type-check', status: 'fail', found: 'Types are checked', missed: 'No hook checks the types' },
  { name: 'tests', id: 'test', status: 'fail', found: 'Tests are run', missed: 'No hook runs the tests' },
  { name: 'lint', id: 'lint', status: 'warn', found: 'It is linted', missed: 'No hook lints' },
  { name: 'large-files', id: 'large-files', status: 'warn', found: 'Large files are stopped', missed: 'A large file stays in the history, and in every clone, for good' },
  { name: 'merge-markers', id: 'merge-markers', status: 'warn', found: 'Marks of a merge are stopped', missed: 'A merge that was not resolved can be committed' },
];

/** Runs over all projects of a workspace, whatever was changed. */
const WHOLE = /\b(pnpm|npm|yarn|bun)\b[^\n|&;]*(\s-r\b|--recursive|--workspaces|\bworkspaces foreach\b)|\bnx\s+run-many\b|\blerna\s+run\b(?![^\n]*--since)|\bturbo\s+(run\s+)?\w+(?![^\n]*(--filter|--affected))/;

/** Looks at the hooks of all managers, whoever wrote them. */
export function checkPreCommit(tree: ReadTree, app: NextApp): Finding[] {
  const fix = `nx g @chronos/nx-harden:pre-commit ${app.shortName}`;
  const finding = (name: string, status: FindingStatus, message: string, hook?: TeamHook): Finding => ({
    check: `pre-commit/${name}`,
    status,
    message,
    ...(hook && { file: hook.file, ...(hook.line !== undefined && { line: hook.line }) }),
    ...(status !== 'pass' && name !== 'speed' && name !== 'readable' && { fix }),
    docs: `pre-commit#${name}`,
  });

  const { hooks, failure } = read(tree);
  if (failure !== undefined) return [finding('readable', 'fail', failure)];
  const [first] = hooks;
  if (!first) return [finding('hooks', 'fail', 'Nothing is checked before a commit or a push')];

  const slow = hooks.find((hook) => hook.stage === 'commit' && WHOLE.test(hook.text));
  return [
    finding('hooks', 'pass', 'There are hooks', first),
    ...CHECKS.filter(({ id }) => id !== 'type-check' || app.language === 'ts').map(({ name, id, status, found, missed }) => {
      const hook = hooks.find((one) => does(one, id));
      return hook ? finding(name, 'pass', `${found} on ${hook.stage}`, hook) : finding(name, status, missed);
    }),
    slow
      ? finding('speed', 'warn', 'A commit checks all projects, and waits for it: hooks that take long are skipped by people (nx affected --uncommitted)', slow)
      : finding('speed', 'pass', 'A commit checks no more than it has to'),
  ];
}

function read(tree: ReadTree): { hooks: TeamHook[]; failure?: string } {
  try {
    return { hooks: readHooks(tree) };
  } catch (error) {
    return { hooks: [], failure: (error as Error).message };
  }
}
