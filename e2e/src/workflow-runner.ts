import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { attempt } from './shell.ts';

export interface StepOutcome {
  name: string;
  code: number;
  seconds: number;
  output: string;
}

interface Step {
  name?: string;
  id?: string;
  if?: string;
  run?: string;
  uses?: string;
  env?: Record<string, string>;
  'working-directory'?: string;
}

interface Workflow {
  env?: Record<string, string>;
  jobs: Record<string, { env?: Record<string, string>; steps: Step[] }>;
}

/** What a runner of GitHub has and a laptop has not. */
export interface RunnerOptions {
  /** A folder for the files that steps talk to the runner through. */
  scratch: string;
  /** What nx-set-shas would find. */
  base: string;
  head: string;
  /** Names of steps that download what is here already, or cannot be had. */
  skip?: readonly string[];
  /** Values of expressions, by what stands between the braces: `{ 'secrets.TOKEN': '…' }`. */
  expressions?: Record<string, string>;
}

/**
 * Executes the `run:` steps of one job in order, as GitHub's runner does (`bash -eo pipefail`, GITHUB_ENV and
 * GITHUB_OUTPUT). After one that fails only steps with `if: always()` or `failure()` run. Actions are not run: the
 * checkout and the set-up are here already, and nx-set-shas is told what it would find.
 */
export async function runJob(workflowPath: string, job: string, cwd: string, { scratch, base, head, expressions = {}, skip = [] }: RunnerOptions): Promise<{ steps: StepOutcome[]; outputs: string; summary: string }> {
  const workflow = parse(await readFile(workflowPath, 'utf-8')) as Workflow;
  const { steps: all, env: jobEnv } = workflow.jobs[job] ?? {};
  if (!all) throw new Error(`${workflowPath} has no job ${job}; it has ${Object.keys(workflow.jobs).join(', ')}.`);
  await mkdir(scratch, { recursive: true });
  const files = Object.fromEntries(['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STEP_SUMMARY'].map((name) => [name, join(scratch, name)]));
  for (const file of Object.values(files)) await writeFile(file, '');
  const steps: StepOutcome[] = [];
  let shas = {};
  for (const [index, step] of all.entries()) {
    if (step.uses?.startsWith('nrwl/nx-set-shas@')) shas = { NX_BASE: base, NX_HEAD: head };
    const hasFailed = steps.some(({ code }) => code !== 0);
    if (step.run === undefined || skip.includes(step.name ?? '') || (hasFailed && !/\b(always|failure)\(\)/.test(step.if ?? ''))) continue;
    const script = join(scratch, `${job}-${index}.sh`);
    await writeFile(script, evaluate(step.run, expressions));
    const own = Object.fromEntries(Object.entries({ ...workflow.env, ...jobEnv, ...step.env }).map(([name, value]) => [name, evaluate(String(value), expressions)]));
    const env = { ...files, ...shas, ...(await exported(files['GITHUB_ENV'] ?? '')), ...own, CI: 'true', GITHUB_ACTIONS: 'true' };
    const start = performance.now();
    const { code, output } = await attempt('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], join(cwd, step['working-directory'] ?? ''), { env });
    steps.push({ name: step.name ?? step.run, code, seconds: (performance.now() - start) / 1000, output });
    await appendFile(join(scratch, 'log'), `## ${step.name} (${code})\n${output}\n`);
  }
  return { steps, outputs: await readFile(files['GITHUB_OUTPUT'] ?? '', 'utf-8'), summary: await readFile(files['GITHUB_STEP_SUMMARY'] ?? '', 'utf-8') };
}

/** Fills in the expressions that were given; of the rest, a repository variable with a fallback is the fallback. */
function evaluate(text: string, expressions: Record<string, string>): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (whole, expression: string) => {
    const value = expressions[expression] ?? /^vars\.\w+ \|\| '(.*)'$/.exec(expression)?.[1];
    if (value === undefined) throw new Error(`The runner is not told what ${whole} is: give it in "expressions".`);
    return value;
  });
}

async function exported(file: string): Promise<Record<string, string>> {
  const lines = (await readFile(file, 'utf-8')).split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
