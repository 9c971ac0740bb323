import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import type { EditResult } from '../../capability';
import { reportInBoundary } from '../../edits/error-boundary';
import { addHooks } from '../../edits/instrumentation';
import { takeRecorded } from '../../edits/recorded-insertions';
import type { CapabilityRecord } from '../../hardening-file';
import { inDir, type NextApp } from '../../next-app';
import { boundaries, startOf } from './own';

/** What a seam brings in of ours: all of it, or for a server that starts Sentry by itself the hook of requests alone. */
export type SeamKind = 'server' | 'requests' | 'client' | 'boundary';

/** How a file of ours is brought in, whoever wrote the line. */
const OURS = /hardening\/sentry-(start|client|error)['"]/;

/** Adds Sentry to a file of the team's, and records how it is taken out again. One that has it stays as it is. */
export function addSeam(tree: Tree, app: NextApp, record: CapabilityRecord, path: string, kind: SeamKind): EditResult {
  if (OURS.test(tree.read(path, 'utf-8') ?? '')) return { status: 'unchanged' };
  // What is recorded was taken out by hand since.
  const added = Object.fromEntries(Object.entries(record.added ?? {}).filter(([other]) => other !== path));
  const result = seamOf(tree, app, path, kind, added);
  if (result.status === 'changed') record.added = added;
  return result;
}

function seamOf(tree: Tree, { baseDir }: NextApp, path: string, kind: SeamKind, added: Record<string, string[]>): EditResult {
  const fromHere = (file: string): string => {
    const relative = posix.relative(posix.dirname(path), inDir(baseDir, `hardening/${file}`));
    return relative.startsWith('.') ? relative : `./${relative}`;
  };
  if (kind === 'boundary') return reportInBoundary(tree, path, { name: 'useReportedError', from: fromHere('sentry-error') }, added);
  if (kind === 'client') return addHooks(tree, path, { module: fromHere('sentry-client'), hook: { exported: 'onRouterTransitionStart', parameters: 2, name: clientHookName(tree, path) } }, added);
  return addHooks(tree, path, { module: fromHere('sentry-start'), ...(kind === 'server' && { start: 'startSentry' }), hook: { exported: 'onRequestError', parameters: 3, name: 'reportRequestError' } }, added);
}

/** A hook of the team's has the name already, so it calls ours by the other one. */
function clientHookName(tree: Tree, path: string): string {
  return /\bonRouterTransitionStart\b/.test(tree.read(path, 'utf-8') ?? '') ? 'traceTransition' : 'onRouterTransitionStart';
}

/** Takes out what {@link addSeam} put in. What brings in a file of ours and is not known, such as a boundary that was moved, is left to a person. */
export function removeSeams(tree: Tree, app: NextApp, { added, files }: CapabilityRecord): EditResult[] {
  const results = Object.entries(added ?? {}).map(([path, recorded]) => takeRecorded(tree, path, recorded));
  const known = [...Object.keys(added ?? {}), ...Object.keys(files).map((file) => inDir(app.root, file))];
  const others = [startOf(tree, app, 'server'), startOf(tree, app, 'client'), ...boundaries(tree, app)].filter((file) => file !== undefined && !known.includes(file));
  for (const file of others as string[]) {
    const lines = (tree.read(file, 'utf-8') ?? '').split(/\r?\n/).filter((line) => OURS.test(line) || /\b(useReportedError|startSentry|reportRequestError|traceTransition)\(/.test(line));
    if (lines.some((line) => OURS.test(line))) results.push({ status: 'manual', step: { file, why: 'It brings in a file of ours, and nobody recorded how it came there. Take out:', lines: lines.join('\n') } });
  }
  return results;
}
