import { raiseFloor, readFloor, sayFloor } from './floor';
import { runWithCoverage } from './run-with-coverage';

/** Runs the tests once and takes what they cover for the floor. Returns what came of it, to be said. */
export async function measureFloor(appDir: string, app: string): Promise<string> {
  try {
    const { code, output } = await runWithCoverage(appDir, { isShown: false });
    if (code !== 0) return `The tests do not pass yet, so the coverage has no floor. nx test ${app} shows why:\n${lastLines(output)}\nThen nx run ${app}:coverage notes the floor.`;
    raiseFloor(appDir);
    return `They pass. From here on coverage may only rise: ${sayFloor(readFloor(appDir))}.`;
  } catch (error) {
    return `The coverage has no floor yet: ${(error as Error).message} Then: nx run ${app}:coverage`;
  }
}

function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-20).join('\n');
}
