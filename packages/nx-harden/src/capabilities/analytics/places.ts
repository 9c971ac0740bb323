import { minVersion, lt } from 'semver';
import type { ReadTree } from '../../capability';
import { ScriptGraph } from '../../edits/layout-graph';
import { readLayout } from '../../edits/layout';
import { loads, type PlaceReading } from '../../edits/layout-place';
import { ANALYTICS, SPEED_INSIGHTS, type PageScript } from '../../edits/layout-script';
import { readPagesApp } from '../../edits/pages-app';
import { inDir, type NextApp } from '../../next-app';
import { isLayoutMissing, rootLayoutsOf } from './root-layouts';
import { pagesAppOf } from './pages-router';
import type { AnalyticsOptions } from './schema';

/** The scripts that are chosen. */
export function chosenScripts({ analytics = true, speedInsights = true }: AnalyticsOptions): PageScript[] {
  return [...(analytics ? [ANALYTICS] : []), ...(speedInsights ? [SPEED_INSIGHTS] : [])];
}

/** What loads a script for all pages of the app, or does not: each root layout, and `_app`. Empty in an app without pages of its own. */
export function readPlaces(tree: ReadTree, app: NextApp, script: PageScript): { file: string; reading: PlaceReading }[] {
  const client = clientStarting(tree, app, script);
  if (client !== undefined) return [{ file: client, reading: { kind: 'rendered' } }];
  const missing = isLayoutMissing(tree, app) && app.appDir !== undefined ? app.appDir : undefined;
  const pagesApp = pagesAppOf(tree, app);
  return [
    ...rootLayoutsOf(tree, app).map((file) => ({ file, reading: readLayout(tree, app, file, script) })),
    ...(missing === undefined ? [] : [{ file: missing, reading: { kind: 'unknown', why: NO_LAYOUT, file: missing } as const }]),
    ...(pagesApp ? [{ file: pagesApp.file, reading: pagesApp.isThere ? readPagesApp(tree, app, pagesApp.file, script) : ({ kind: 'lacking', places: [] } as const) }] : []),
  ];
}

export const NO_LAYOUT = 'No root layout was found that renders <html>. In what does, write:';

/** `instrumentation-client` runs on every page, so that a script which it starts needs no component. */
export function clientStarting(tree: ReadTree, app: NextApp, script: PageScript): string | undefined {
  const file = ['ts', 'js', 'mjs', 'tsx', 'jsx'].map((ending) => inDir(app.baseDir, `instrumentation-client.${ending}`)).find((path) => tree.exists(path));
  if (file === undefined) return undefined;
  const graph = new ScriptGraph(tree, app);
  return loads(graph, graph.exported(file, '*'), script) ? file : undefined;
}

/** The range in which the app has the package, where that has no entry for Next yet. */
export function outdatedRange({ dependencies }: NextApp, script: PageScript): string | undefined {
  const range = dependencies[script.package];
  try {
    const lowest = range === undefined ? null : minVersion(range);
    return lowest && lt(lowest, script.since) ? range : undefined;
  } catch {
    // A tag or a protocol says nothing of the version.
    return undefined;
  }
}
