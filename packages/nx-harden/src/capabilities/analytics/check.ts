import type { Finding, ReadTree } from '../../capability';
import { ANALYTICS, SPEED_INSIGHTS, type PageScript } from '../../edits/layout-script';
import { readHardeningFile } from '../../hardening-file';
import type { NextApp } from '../../next-app';
import { chosenScripts, outdatedRange, readPlaces } from './places';
import type { AnalyticsOptions } from './schema';

type Verdict = Pick<Finding, 'status' | 'message' | 'file'>;

/** What a finding says where a script is loaded, and where it is not. */
const CHECKS: Record<string, { script: PageScript; seen: string; missed: string; off: string }> = {
  'page-views': { script: ANALYTICS, seen: 'Page views are counted', missed: 'Nobody sees which pages are visited', off: 'Page views are not counted, by choice (analytics: false)' },
  'web-vitals': { script: SPEED_INSIGHTS, seen: 'Web Vitals of real visitors are measured', missed: 'Nobody sees how fast the pages are for real visitors', off: 'Web Vitals are not measured, by choice (speedInsights: false)' },
};

/** Looks whether every page that the team wrote is counted and measured, whoever put it there. */
export function checkAnalytics(tree: ReadTree, app: NextApp): Finding[] {
  return Object.entries(CHECKS).map(([name, check]) => {
    const verdict = verdictOf(tree, app, check);
    return {
      check: `analytics/${name}`,
      ...verdict,
      ...(verdict.status !== 'pass' && { fix: `nx g @chronos/nx-harden:analytics ${app.shortName}` }),
      docs: `analytics#${name}`,
    };
  });
}

function verdictOf(tree: ReadTree, app: NextApp, { script, seen, missed, off }: (typeof CHECKS)[string]): Verdict {
  const places = readPlaces(tree, app, script);
  const unknown = places.map(({ reading }) => reading).find((reading) => reading.kind === 'unknown');
  const lacking = places.find(({ reading }) => reading.kind === 'lacking');
  const [first] = places;
  if (!first) return { status: 'pass', message: 'The app has no page that the team wrote' };
  if (!unknown && !lacking) return { status: 'pass', message: seen, file: first.file };
  if (!isChosen(tree, app, script)) return { status: 'pass', message: off };
  if (unknown) return { status: 'manual', message: `${missed}: ${reasonOf(unknown.why)}`, file: unknown.file };
  const range = outdatedRange(app, script);
  if (range !== undefined) return { status: 'manual', message: `${missed}: ${script.package} ${range} has no entry for Next`, file: app.manifest };
  return { status: 'fail', message: missed, file: lacking?.file };
}

/** The reason without the lead to the lines, which the generator prints. */
function reasonOf(why: string): string {
  return why.slice(0, why.lastIndexOf('. ') < 0 ? -1 : why.lastIndexOf('. '));
}

function isChosen(tree: ReadTree, app: NextApp, script: PageScript): boolean {
  const options: AnalyticsOptions = readHardeningFile(tree, app.root).capabilities['analytics']?.options ?? {};
  return chosenScripts(options).includes(script);
}
