import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { attempt } from './shell.ts';

export interface StepOutcome {
  name: string;
  code: number;
  output: string;
}

interface Step {
  name?: string;
  id?: string;
  run?: string;
  uses?: string;
  env?: Record<string, string>;
}

interface Workflow {
  env?: Record<string, string>;
  jobs: Record<string, { steps: Step[] }>;
}

/** What a runner of GitHub has and a laptop has not. */
export interface RunnerOptions {
  /** A folder for the files that steps talk to the runner through. */
  scratch: string;
  /** What nx-set-shas would find. */
  base: string;
  head: string;
}

/**
 * Executes the `run:` steps of one job in order, as GitHub's runner does (`bash -eo pipefail`, GITHUB_ENV and
 * GITHUB_OUTPUT), and stops at the first that fails. Actions are not run: the checkout and the set-up are here
 * already, and nx-set-shas is told what it would find.
 */
export async function runJob(workflowPath: string, job: string, cwd: string, { scratch, base, head }: RunnerOptions): Promise<{ steps: StepOutcome[]; outputs: string }> {
  const workflow = parse(await readFile(workflowPath, 'utf-8')) as Workflow;
  await mkdir(scratch, { recursive: true });
  const files = Object.fromEntries(['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STEP_SUMMARY'].map((name) => [name, join(scratch, name)]));
  for (const file of Object.values(files)) await writeFile(file, '');
  const steps: StepOutcome[] = [];
  let shas = {};
  for (const [index, step] of (workflow.jobs[job]?.steps ?? []).entries()) {
    if (step.uses?.startsWith('nrwl/nx-set-shas@')) shas = { NX_BASE: base, NX_HEAD: head };
    if (step.run === undefined) continue;
    const script = join(scratch, `${job}-${index}.sh`);
    await writeFile(script, evaluate(step.run));
    const own = Object.fromEntries(Object.entries({ ...workflow.env, ...step.env }).map(([name, value]) => [name, evaluate(String(value))]));
    const env = { ...files, ...(await exported(files['GITHUB_ENV'] ?? '')), ...shas, ...own, CI: 'true', GITHUB_ACTIONS: 'true' };
    const { code, output } = await attempt('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], cwd, { env });
    steps.push({ name: step.name ?? step.run, code, output });
    await appendFile(join(scratch, 'log'), `## ${step.name} (${code})\n${output}\n`);
    if (code !== 0) break;
  }
  return { steps, outputs: await readFile(files['GITHUB_OUTPUT'] ?? '', 'utf-8') };
}

/** The one kind of expression that the steps of these jobs have: a repository variable, with a fallback. */
function evaluate(text: string): string {
  return text.replace(/\$\{\{\s*vars\.\w+\s*\|\|\s*'([^']*)'\s*\}\}/g, '$1').replace(/\$\{\{[^}]*\}\}/g, '');
}

async function exported(file: string): Promise<Record<string, string>> {
  const lines = (await readFile(file, 'utf-8')).split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
