import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** How a program ended. */
export interface ProgramRun {
  code: number;
  /** Standard output and error, where they were not shown as they came. */
  output: string;
}

/**
 * Runs a program of a package in the app's folder, in the version that the app itself resolves, with the Node that runs
 * now. Throws when the package is not installed.
 */
export function runProgramOf(appDir: string, packageName: string, args: readonly string[], { program = packageName, isShown = true } = {}): Promise<ProgramRun> {
  const stream = isShown ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, [pathOf(appDir, packageName, program), ...args], { cwd: appDir, stdio: ['ignore', stream, stream] });
  let output = '';
  for (const one of [child.stdout, child.stderr]) one?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function pathOf(appDir: string, packageName: string, program: string): string {
  let manifest: string;
  try {
    manifest = createRequire(join(appDir, 'package.json')).resolve(`${packageName}/package.json`);
  } catch {
    throw new Error(`${packageName} is not installed for ${appDir}. Install the packages, and run again.`);
  }
  const { bin } = JSON.parse(readFileSync(manifest, 'utf-8')) as { bin?: string | Record<string, string> };
  const path = typeof bin === 'string' ? bin : bin?.[program];
  if (path === undefined) throw new Error(`${packageName} has no program ${program}: ${manifest}`);
  return join(dirname(manifest), path);
}
