import { runProgramOf, type ProgramRun } from '../package-program';

/** Runs all tests of an app with coverage, by the Vitest that the app itself resolves. Throws when it is not installed. */
export function runWithCoverage(appDir: string, { isShown }: { isShown: boolean }): Promise<ProgramRun> {
  return runProgramOf(appDir, 'vitest', ['run', '--coverage.enabled=true'], { isShown });
}
