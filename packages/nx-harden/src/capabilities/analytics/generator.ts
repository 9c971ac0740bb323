import { join } from 'node:path';
import { putInLayout } from '../../edits/layout';
import { manualPlaces, merged, type Added } from '../../edits/layout-place';
import { takeOutOf } from '../../edits/layout-restore';
import { PAGE_SCRIPTS, type PageScript } from '../../edits/layout-script';
import { putInPagesApp } from '../../edits/pages-app';
import type { HardeningRun } from '../../hardening-run';
import { nxGenerator } from '../../nx-generator';
import { renderTemplate } from '../../template';
import { ANALYTICS_PACKAGES } from '../../versions';
import { pagesAppOf } from './pages-router';
import { chosenScripts, clientStarting, NO_LAYOUT, outdatedRange } from './places';
import { isLayoutMissing, rootLayoutsOf } from './root-layouts';
import type { AnalyticsOptions } from './schema';

type Run = HardeningRun<AnalyticsOptions>;

/** One element in each root layout and in `_app`, for each script that is chosen and not there yet. */
export async function generate(run: Run): Promise<void> {
  const chosen = chosenScripts(run.options);
  takeOutUnchosen(run, chosen);
  const scripts = chosen.filter((script) => !isOutdated(run, script) && clientStarting(run.tree, run.app, script) === undefined);
  for (const layout of rootLayoutsOf(run.tree, run.app)) note(run, putInLayout(run.tree, run.app, layout, scripts, run.record.added ?? {}));
  if (isLayoutMissing(run.tree, run.app)) note(run, { results: manualPlaces(run.tree, scripts.map((script) => ({ file: run.app.appDir ?? '', why: NO_LAYOUT, script }))), added: {} });
  putInPagesRouter(run, scripts);
}

function putInPagesRouter(run: Run, scripts: readonly PageScript[]): void {
  const pagesApp = pagesAppOf(run.tree, run.app);
  if (!pagesApp || (!pagesApp.isThere && scripts.length === 0)) return;
  if (!pagesApp.isThere || run.isOurs(pagesApp.file)) run.ownFile(pagesApp.file, renderTemplate(join(__dirname, 'files/_app.tsx.template'), { typed: pagesApp.file.endsWith('.tsx'), scripts }));
  // One of ours that the team has gone on from is as good as theirs.
  note(run, putInPagesApp(run.tree, run.app, pagesApp.file, scripts, run.record.added ?? {}));
}

/** What an earlier run put in and is not wanted any more. */
function takeOutUnchosen(run: Run, chosen: readonly PageScript[]): void {
  const unchosen = PAGE_SCRIPTS.filter((script) => !chosen.includes(script));
  if (unchosen.length === 0) return;
  const added: Added = {};
  for (const [file, texts] of Object.entries(run.record.added ?? {})) {
    const { result, left } = takeOutOf(run.tree, file, texts, unchosen);
    run.edit(result);
    if (left.length > 0) added[file] = left;
  }
  setAdded(run, added);
}

function isOutdated(run: Run, script: PageScript): boolean {
  const range = outdatedRange(run.app, script);
  if (range === undefined) return false;
  const why = `${script.package} ${range} has no entry for Next. Update it and run again:`;
  run.manual({ file: run.app.manifest, why, lines: `"${script.package}": "${ANALYTICS_PACKAGES[script.package] ?? ''}"` });
  return true;
}

function note(run: Run, { results, added }: ReturnType<typeof putInLayout>): void {
  results.forEach((result) => run.edit(result));
  setAdded(run, merged(run.record.added ?? {}, added));
}

function setAdded({ record }: Run, added: Added): void {
  record.added = added;
  if (Object.keys(added).length === 0) delete record.added;
}

export default nxGenerator('analytics');
