import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgramOf } from '../package-program';

export interface CheckOptions {
  /** Relative to the app. */
  tsConfig: readonly string[];
  typegen: boolean;
  /** Where tsc keeps what it found, so that the next check is quicker; beside a tsconfig it would be in git's way. */
  cacheDir: string;
}

/**
 * Runs `tsc --noEmit` for each tsconfig of an app, after `next typegen` where that is asked for. True when all pass;
 * what they find goes to the terminal.
 */
export async function checkTypes(appDir: string, { tsConfig, typegen, cacheDir }: CheckOptions): Promise<boolean> {
  const restore = typegen ? keepNextEnv(appDir) : undefined;
  try {
    if (typegen && (await runProgramOf(appDir, 'next', ['typegen'])).code !== 0) return false;
    let pass = true;
    for (const project of tsConfig) {
      const buildInfo = join(cacheDir, `${createHash('sha256').update(join(appDir, project)).digest('hex').slice(0, 16)}.tsbuildinfo`);
      const args = ['--noEmit', '--incremental', '--tsBuildInfoFile', buildInfo, '-p', project];
      pass = (await runProgramOf(appDir, 'typescript', args, { program: 'tsc' })).code === 0 && pass;
    }
    return pass;
  } finally {
    restore?.();
  }
}

/** Next points next-env.d.ts, which many teams have in git, at other files after a build than after `next dev`; a check is to change nothing. */
function keepNextEnv(appDir: string): () => void {
  const path = join(appDir, 'next-env.d.ts');
  const before = existsSync(path) ? readFileSync(path) : undefined;
  return () => {
    if (before && !before.equals(readFileSync(path))) writeFileSync(path, before);
  };
}
