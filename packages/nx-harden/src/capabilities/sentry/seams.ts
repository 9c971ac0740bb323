import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import type { EditResult } from '../../capability';
import { reportInBoundary } from '../../edits/error-boundary';
import { addToClientInstrumentation, addToInstrumentation } from '../../edits/instrumentation';
import { takeRecorded } from '../../edits/recorded-insertions';
import type { CapabilityRecord } from '../../hardening-file';
import { inDir, type NextApp } from '../../next-app';
import { SDK } from './sdk';

/** What starts Sentry in the two kinds of servers, in the words of its guide. */
const STATEMENTS = ['nodejs:server', 'edge:edge'].map((one) => one.split(':')).map(([runtime, name]) => `if (process.env.NEXT_RUNTIME === '${runtime}') await import('./sentry.${name}.config');`);

/** Adds Sentry to a file of the team's, and records how it is taken out again. A file that has been added to has been. */
export function addSeam(tree: Tree, app: NextApp, record: CapabilityRecord, path: string, kind: 'server' | 'client' | 'boundary'): EditResult {
  const added = { ...record.added };
  if (path in added) return { status: 'unchanged' };
  const result = seamOf(tree, app, path, kind, added);
  if (result.status === 'changed') record.added = added;
  return result;
}

function seamOf(tree: Tree, app: NextApp, path: string, kind: 'server' | 'client' | 'boundary', added: Record<string, string[]>): EditResult {
  const { baseDir } = app;
  if (kind === 'server') return addToInstrumentation(tree, path, { statements: STATEMENTS, onRequestError: { name: 'captureRequestError', from: SDK } }, added);
  const fromHere = (file: string): string => {
    const relative = posix.relative(posix.dirname(path), inDir(baseDir, `hardening/${file}`));
    return relative.startsWith('.') ? relative : `./${relative}`;
  };
  if (kind === 'boundary') return reportInBoundary(tree, path, { name: 'useReportedError', from: fromHere('sentry-error') }, added);
  return addToClientInstrumentation(tree, path, { module: fromHere('sentry-client'), onRouterTransitionStart: { name: 'captureRouterTransitionStart', from: SDK } }, added);
}

/** Takes out what {@link addSeam} put in. */
export function removeSeams(tree: Tree, { added }: CapabilityRecord): EditResult[] {
  return Object.entries(added ?? {}).map(([path, recorded]) => takeRecorded(tree, path, recorded));
}
