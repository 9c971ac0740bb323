import type { Finding, FindingStatus, ReadTree } from '../../capability';
import { inDir, type NextApp } from '../../next-app';
import { findE2eRunner, type E2eRunner } from './e2e-runner';

interface Verdict {
  status: FindingStatus;
  message: string;
  file?: string;
}

const SPEC = /\.(spec|test|e2e|cy)\.[cm]?[jt]sx?$/;
const SKIPPED = /^(node_modules|dist|test-output|public)$|^\.(next|vercel|git|nx|turbo)$/;
const NAMES = { playwright: 'Playwright', cypress: 'Cypress' };
const AXE = /@axe-core\/playwright|\baxe-playwright\b|\bcypress-axe\b|\bpa11y\b|\baxe-core\b/;

/** Looks for a runner of end-to-end tests, for tests, and for one of accessibility, whoever put them in. */
export function checkPlaywright(tree: ReadTree, app: NextApp): Finding[] {
  const runner = findE2eRunner(tree, app);
  const specs = runner && runner.kind !== 'other' && !runner.failure ? specFilesIn(tree, runner) : undefined;
  const verdicts: Record<string, Verdict> = {
    runner: checkRunner(runner),
    ...(specs && { tests: checkTests(specs), accessibility: checkAccessibility(tree, specs) }),
  };
  return Object.entries(verdicts).map(([name, verdict]) => ({
    check: `playwright/${name}`,
    ...verdict,
    ...(verdict.status !== 'pass' && { fix: `nx g @chronos/nx-harden:playwright ${app.shortName}` }),
    docs: `playwright#${name}`,
  }));
}

function checkRunner(runner: E2eRunner | undefined): Verdict {
  if (!runner) return { status: 'fail', message: 'Nothing looks at the app in a browser: a page that does not come up is found by users' };
  const { kind, file, target, failure } = runner;
  if (failure !== undefined) return { status: 'fail', message: `The config of the end-to-end tests cannot be read: ${failure}`, file };
  return { status: 'pass', message: kind === 'other' ? `End-to-end tests run by: ${target}` : `${NAMES[kind]} runs end-to-end tests`, file };
}

function checkTests([first, ...others]: string[]): Verdict {
  if (first === undefined) return { status: 'fail', message: 'There is a runner of end-to-end tests, and no test' };
  return { status: 'pass', message: `${others.length + 1} ${others.length === 0 ? 'file has' : 'files have'} end-to-end tests`, file: first };
}

function checkAccessibility(tree: ReadTree, specs: string[]): Verdict {
  const file = specs.find((path) => AXE.test(tree.read(path, 'utf-8') ?? ''));
  if (file) return { status: 'pass', message: 'Accessibility is tested', file };
  return { status: 'warn', message: 'No test looks whether everybody can use the pages: axe finds what is missing' };
}

/** In a project of its own every spec is one of a browser; in the app, those below a folder that says so. */
function specFilesIn(tree: ReadTree, { dir, kind }: E2eRunner): string[] {
  const ofTheirOwn = /(^|\/)[^/]*(e2e|cypress|playwright)[^/]*(\/|$)/;
  const visit = (folder: string): string[] =>
    [...tree.children(folder)].sort().flatMap((entry) => {
      const path = inDir(folder, entry);
      if (!tree.isFile(path)) return SKIPPED.test(entry) ? [] : visit(path);
      return SPEC.test(entry) || (kind === 'cypress' && /\.cy\./.test(entry)) ? [path] : [];
    });
  const found = visit(dir);
  const named = found.filter((path) => ofTheirOwn.test(path) || /\.(e2e|cy)\./.test(path));
  return named.length > 0 ? named : found;
}
