import { posix } from 'node:path';
import type { ReadTree } from '../../capability';
import { nodeIn, nodesIn, parseScript, type SyntaxNode } from '../../edits/source';
import { inDir, type NextApp } from '../../next-app';
import { importedPaths, loadedPaths, resolveImport } from '../../script-imports';
import { callsAny, callsSentry, takes } from './calls';
import { clientPlaces } from './sdk';

/** How far imports are followed. */
const DEPTH = 3;
const SENTRY = /^@sentry\//;
const CAPTURE = /^capture(Exception|ReactException|UnderscoreErrorException)$/;
const GENERATED = /THIS FILE WAS GENERATED AUTOMATICALLY/;

/** A script that can be parsed, with what it brings in. */
interface Script {
  file: string;
  program: SyntaxNode;
}

/** The script with which the server or the page starts; the one that wins where there are several. */
export function startOf(tree: ReadTree, app: NextApp, side: 'server' | 'client'): string | undefined {
  const places = side === 'server' ? [inDir(app.baseDir, 'instrumentation')] : clientPlaces(app);
  const endings = side === 'server' ? app.pageExtensions : ['ts', 'js', 'tsx', 'jsx', 'mts', 'mjs'];
  return places.flatMap((place) => endings.map((ending) => `${place}.${ending}`)).find((file) => tree.exists(file));
}

/** The script that calls Sentry's `init`, from this one on, whatever it is called and wherever it lies. */
export function initFrom(tree: ReadTree, app: NextApp, file: string | undefined): Script | undefined {
  return scripts(tree, app, file).find(({ program }) => callsSentry(program, /^init$/));
}

/** Whether Next's `onRequestError` of this script leads to Sentry. */
export function hearsRequests(tree: ReadTree, app: NextApp, file: string | undefined): boolean {
  return scripts(tree, app, file).some(({ program }) => takes(program, SENTRY, /^captureRequestError$/) || callsSentry(program, /^capture(RequestError|Exception)$/));
}

/** Whether a boundary hands its error to Sentry: by itself, or by a function of the app's that does. */
export function isReported(tree: ReadTree, app: NextApp, file: string): boolean {
  const program = parseScript(file, tree.read(file, 'utf-8') ?? '');
  if (!program) return false;
  if (callsSentry(program, CAPTURE)) return true;
  return nodesIn(program, 'body').some((statement) => {
    const path = statement.type === 'ImportDeclaration' ? nodeIn(statement, 'source')?.['value'] : undefined;
    const target = typeof path === 'string' ? resolveImport(tree, app, file, path) : undefined;
    const names = new Set(nodesIn(statement, 'specifiers').map((one) => String(nodeIn(one, 'local')?.['name'])));
    return target !== undefined && callsAny(program, names) && scripts(tree, app, target, 2).some((script) => callsSentry(script.program, CAPTURE));
  });
}

/** All boundaries of errors that the team wrote, the global one first. They are client components; what is not is none. */
export function boundaries(tree: ReadTree, app: NextApp): string[] {
  const names = ['global-error', 'error'].flatMap((stem) => app.pageExtensions.map((ending) => `${stem}.${ending}`));
  const isBoundary = (file: string): boolean => {
    const text = tree.read(file, 'utf-8') ?? '';
    return /^\s*(\/\/.*\s*|\/\*[^*]*\*\/\s*)*['"]use client['"]/.test(text) && !GENERATED.test(text);
  };
  const found = (dir: string): string[] => {
    const entries = [...tree.children(dir)].sort();
    const own = entries.filter((entry) => names.includes(entry)).map((entry) => inDir(dir, entry)).filter(isBoundary);
    // Next makes no routes of private folders.
    const folders = entries.filter((entry) => !entry.startsWith('_') && !tree.isFile(inDir(dir, entry)));
    return [...own, ...folders.flatMap((entry) => found(inDir(dir, entry)))];
  };
  return (app.appDir ? found(app.appDir) : []).sort((a, b) => Number(isGlobal(b)) - Number(isGlobal(a)));
}

export function isGlobal(file: string): boolean {
  return posix.basename(file).startsWith('global-error.');
}

/** Whether the app's own config is wrapped by `withSentryConfig`. */
export function wrapsByItself(tree: ReadTree, app: NextApp): boolean {
  const ours = inDir(app.root, 'hardening/next-config.cjs');
  return scripts(tree, app, app.configFile).some(({ file, program }) => file !== ours && takes(program, SENTRY, /^withSentryConfig$/));
}

/** A script, and those of the app that it brings in by any kind of import, ours included. */
function scripts(tree: ReadTree, app: NextApp, entry: string | undefined, depth = DEPTH): Script[] {
  const found = new Map<string, Script>();
  const visit = (file: string, left: number): void => {
    const text = found.has(file) || !tree.exists(file) ? null : tree.read(file, 'utf-8');
    const program = text === null ? undefined : parseScript(file, text);
    if (!program) return;
    found.set(file, { file, program });
    if (left === 0) return;
    for (const path of [...importedPaths(program), ...loadedPaths(program)]) {
      const next = resolveImport(tree, app, file, path);
      if (next) visit(next, left - 1);
    }
  };
  if (entry) visit(entry, depth);
  return [...found.values()];
}
