import type { Tree } from '@nx/devkit';
import type { EditResult, ManualStep } from '../capability';
import { LIMIT_MATCHERS } from '../capabilities/rate-limit/matchers';
import { NONCE_HANDLER } from '../capabilities/headers/nonce-handler';
import { isAdded, limitProxy, readProxy, unlimitProxy, type AddedMatcher } from '../edits/proxy';
import { fingerprint } from '../fingerprint';
import { fromRecordedPath, toRecordedPath, type HardeningFile, type SharedRecord } from '../hardening-file';
import { inDir, type NextApp } from '../next-app';
import { removeOwnFile, writeOwnFile } from '../own-file';
import { capabilities } from '../registry';
import type { ProxyContribution } from './contribution';
import { proxyName, renderProxy } from './render';

const SHARED = 'proxy';

/**
 * Makes the proxy what the capabilities that are on put into it: a file of ours in an app that has none, one seam in
 * the team's own. When nothing is put into it any more, both go.
 */
export function syncProxy(tree: Tree, app: NextApp, file: HardeningFile): ManualStep[] {
  const contributions = capabilities
    .filter(({ id }) => id in file.capabilities)
    .map(({ proxy }) => proxy?.(tree, app, file.capabilities))
    .filter((one) => one !== undefined);
  const wanted: ProxyContribution | undefined = contributions.length > 0 ? Object.assign({}, ...contributions) : undefined;
  const record = file.shared[SHARED];
  const steps = isTeams(tree, app, record) ? syncSeam(tree, app, file, wanted) : syncOwn(tree, app, file, wanted);
  const left = file.shared[SHARED];
  const isEmpty = left && Object.keys(left.files).length === 0 && !left.originals && !wanted?.limits;
  if (!wanted || isEmpty) delete file.shared[SHARED];
  return steps;
}

/** Whether the proxy imports one of these files of ours, so that it does not build without them. */
export function isImportedByProxy(tree: Tree, { root, baseDir, proxyFile }: NextApp, recorded: readonly string[]): boolean {
  const text = (proxyFile && tree.read(proxyFile, 'utf-8')) || '';
  const paths = recorded.map((one) => fromRecordedPath(root, one).slice(baseDir === '.' ? 0 : baseDir.length + 1).replace(/\.[jt]s$/, ''));
  return paths.some((path) => text.includes(`'./${path}'`) || text.includes(`"./${path}"`));
}

/** Whether the proxy that Next reads was written, or changed since, by the team. */
export function isTeams(tree: Tree, { root, proxyFile }: NextApp, record: SharedRecord | undefined): boolean {
  if (proxyFile === undefined) return false;
  const recorded = record?.files[toRecordedPath(root, proxyFile)];
  return recorded === undefined || fingerprint(proxyFile, tree.read(proxyFile, 'utf-8') ?? '') !== recorded;
}

function syncOwn(tree: Tree, app: NextApp, file: HardeningFile, wanted: ProxyContribution | undefined): ManualStep[] {
  const record = file.shared[SHARED];
  if (!wanted) {
    const steps = Object.keys(record?.files ?? {}).map((recorded) => removeOwnFile(tree, app.root, record?.files ?? {}, recorded));
    return steps.filter((step) => step !== undefined);
  }
  const { files } = (file.shared[SHARED] ??= { files: {} });
  const path = inDir(app.baseDir, `${proxyName(app)}.${extensionOf(app)}`);
  // Next 16 gave it another name, and takes no two of them.
  const stale = Object.keys(files).filter((recorded) => recorded !== toRecordedPath(app.root, path));
  const steps = stale.map((recorded) => removeOwnFile(tree, app.root, files, recorded));
  return [...steps, writeOwnFile(tree, app.root, files, path, renderProxy(app, wanted))].filter((step) => step !== undefined);
}

/** A script's that Next takes for a page here, in the language of the app. */
function extensionOf({ pageExtensions, language }: NextApp): string {
  return pageExtensions.find((one) => one === language || one.endsWith(`.${language}`)) ?? pageExtensions.find((one) => one.endsWith(language === 'ts' ? 'tsx' : 'jsx')) ?? language;
}

/** In a proxy of the team's own the limits are a seam, and what answers is called by the team. */
function syncSeam(tree: Tree, app: NextApp, file: HardeningFile, wanted: ProxyContribution | undefined): ManualStep[] {
  const steps: ManualStep[] = [];
  const record = file.shared[SHARED];
  if (wanted?.limits) {
    const shared = (file.shared[SHARED] ??= { files: {} });
    // What another version added would be taken for the team's own: out first, then in as it is now.
    if (addedBefore(tree, app).length > 0) {
      add(steps, unlimitProxy(tree, app, [...wanted.limits, ...addedBefore(tree, app)], shared.originals ?? []));
      delete shared.originals;
    }
    const { result, originals } = limitProxy(tree, app, wanted.limits);
    if (originals) shared.originals = [...(shared.originals ?? []), ...originals];
    add(steps, result);
  } else if (record) {
    add(steps, unlimitProxy(tree, app, [...LIMIT_MATCHERS, ...addedBefore(tree, app)], record.originals ?? []));
    delete record.originals;
  }
  const { proxyFile = '' } = app;
  if (!wanted?.handler) steps.push(...leftovers(tree, proxyFile));
  if (wanted?.handler && !tree.read(proxyFile, 'utf-8')?.includes(wanted.handler.name)) steps.push({ file: proxyFile, ...wanted.handler.byHand });
  return steps;
}

/** Matchers of ours that another version put in, and this one does not know. */
function addedBefore(tree: Tree, { proxyFile }: NextApp): AddedMatcher[] {
  const { matcher } = proxyFile === undefined ? { matcher: undefined } : readProxy(tree, proxyFile);
  const sources = matcher?.kind === 'literal' ? matcher.entries.map(({ source }) => source) : [];
  return [...new Set(sources)].filter((source) => isAdded(source) && !LIMIT_MATCHERS.some((one) => one.source === source)).map((source) => ({ source, samples: [] }));
}

/** What a team has called by hand goes by hand. */
function leftovers(tree: Tree, file: string): ManualStep[] {
  const lines = (tree.read(file, 'utf-8') ?? '').split(/\r?\n/).filter((line) => line.includes(NONCE_HANDLER.name));
  if (!lines.some((line) => line.includes(NONCE_HANDLER.path))) return [];
  return [{ file, why: `It calls ${NONCE_HANDLER.name}, which the app has no more use for. Take it out of these lines:`, lines: lines.map((line) => line.trim()).join('\n') }];
}

function add(steps: ManualStep[], result: EditResult): void {
  if (result.status === 'manual') steps.push(result.step);
}
