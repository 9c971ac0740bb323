import type { Finding, FindingStatus, ReadTree } from '../../capability';
import { openSource } from '../../edits/source';
import { inDir, type NextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import { findTestRunner, hasKey, type TestRunner } from './test-runner';

interface Verdict {
  status: FindingStatus;
  message: string;
  file?: string;
}

const TEST_FILE = /\.(test|spec)\.[cm]?[jt]sx?$/;
const NOT_UNIT = /^(node_modules|dist|coverage|test-output|e2e|playwright|cypress)$|^\.(next|vercel|git|nx|turbo)$/;
const NAMES = { vitest: 'Vitest', jest: 'Jest' };

/** Looks for a runner, for tests, and for a floor of coverage, whoever put them in. */
export function checkVitest(tree: ReadTree, app: NextApp): Finding[] {
  const runner = findTestRunner(tree, app);
  const verdicts: Record<string, Verdict> = {
    runner: checkRunner(runner),
    // What another runner takes for a test is not known.
    ...(runner && runner.kind !== 'other' && !runner.failure && { tests: checkTests(tree, app), coverage: checkCoverage(tree, runner) }),
  };
  return Object.entries(verdicts).map(([name, verdict]) => ({
    check: `vitest/${name}`,
    ...verdict,
    ...(verdict.status !== 'pass' && { fix: `nx g @chronos/nx-harden:vitest ${app.shortName}` }),
    docs: `vitest#${name}`,
  }));
}

function checkRunner(runner: TestRunner | undefined): Verdict {
  if (!runner) return { status: 'fail', message: 'Nothing tests the code: what a change breaks is found by users' };
  const { kind, file, target, failure } = runner;
  if (failure !== undefined) return { status: 'fail', message: `The config of the tests cannot be read: ${failure}`, file };
  return { status: 'pass', message: kind === 'other' ? `Tests run by: ${target}` : `${NAMES[kind]} runs the tests`, file };
}

function checkTests(tree: ReadTree, app: NextApp): Verdict {
  const tests = testFilesIn(tree, app.root);
  const [first] = tests;
  if (first === undefined) return { status: 'fail', message: 'There is a test runner, and no test' };
  return { status: 'pass', message: `${tests.length} ${tests.length === 1 ? 'file has' : 'files have'} tests`, file: first };
}

function testFilesIn(tree: ReadTree, dir: string): string[] {
  return [...tree.children(dir)].sort().flatMap((entry) => {
    const path = inDir(dir, entry);
    if (tree.isFile(path)) return TEST_FILE.test(entry) ? [path] : [];
    return NOT_UNIT.test(entry) ? [] : testFilesIn(tree, path);
  });
}

function checkCoverage(tree: ReadTree, { kind, file = '' }: TestRunner): Verdict {
  const key = kind === 'jest' ? 'coverageThreshold' : 'thresholds';
  const isThere = file.endsWith('.json') ? mentions(readJsonFile(tree, file), key) : mentionsInScript(tree, file, key);
  if (isThere) return { status: 'pass', message: 'Coverage has a floor', file };
  return { status: 'warn', message: 'Coverage has no floor: the tested part of the code can shrink unseen', file };
}

function mentionsInScript(tree: ReadTree, file: string, key: string): boolean {
  const source = openSource(file, tree.read(file, 'utf-8') ?? '');
  return !('failure' in source) && hasKey(source.program, key);
}

function mentions(value: unknown, key: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return key in value || Object.values(value).some((one) => mentions(one, key));
}
