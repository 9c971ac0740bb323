import { posix } from 'node:path';
import type { ReadTree } from '../../capability';
import { nodeIn, nodesIn, parseScript, walk, type SyntaxNode } from '../../edits/source';
import { inDir, type NextApp } from '../../next-app';
import { importedPaths, resolveImport } from '../../script-imports';
import { clientFile, instrumentationFile } from './sdk';

/** How far imports are followed. */
const DEPTH = 3;
const SENTRY = /^@sentry\//;
const SCRIPTS = ['ts', 'js', 'tsx', 'jsx', 'mts', 'mjs'];
/** Boundaries of errors; a generated one (Payload's) is not in a team's hands. */
const BOUNDARY = /^(global-)?error\.(tsx|jsx|ts|js)$/;
const GENERATED = /THIS FILE WAS GENERATED AUTOMATICALLY/;

/** A script that can be parsed, with what it brings in. */
interface Script {
  file: string;
  text: string;
  program: SyntaxNode;
}

/** The first of these that is there: with the server's or the client's start. */
export function startOf(tree: ReadTree, app: NextApp, side: 'server' | 'client'): string | undefined {
  const stem = (file: string) => file.replace(/\.(page\.)?[cm]?[jt]sx?$/, '');
  const endings = [...new Set([...app.pageExtensions, ...SCRIPTS])];
  const own = stem(side === 'server' ? instrumentationFile(app) : clientFile(app));
  const places = side === 'server' ? [own] : [own, inDir(app.root, 'sentry.client.config')];
  return places.flatMap((place) => endings.map((ending) => `${place}.${ending}`)).find((file) => tree.exists(file));
}

/** The script that calls Sentry's `init`, from this one on, whatever it is called and wherever it lies. */
export function initFrom(tree: ReadTree, app: NextApp, file: string | undefined): Script | undefined {
  return scripts(tree, app, file).find(({ program }) => takesSentry(program) && calls(program, /^init$/));
}

/** Whether a boundary, or what it imports, hands its error to Sentry. */
export function isReported(tree: ReadTree, app: NextApp, file: string): boolean {
  return scripts(tree, app, file, 1).some(({ program }) => takesSentry(program) && calls(program, /^capture(Exception|UnderscoreErrorException)$/));
}

/** All boundaries of errors that the team wrote, the global one first. */
export function boundaries(tree: ReadTree, app: NextApp): string[] {
  const found = (dir: string): string[] => {
    const entries = [...tree.children(dir)].sort();
    const own = entries.filter((entry) => BOUNDARY.test(entry)).map((entry) => inDir(dir, entry));
    return [...own, ...entries.filter((entry) => !tree.isFile(inDir(dir, entry))).flatMap((entry) => found(inDir(dir, entry)))];
  };
  const all = app.appDir ? found(app.appDir).filter((file) => !GENERATED.test(tree.read(file, 'utf-8') ?? '')) : [];
  return all.sort((a, b) => Number(isGlobal(b)) - Number(isGlobal(a)));
}

export function isGlobal(file: string): boolean {
  return posix.basename(file).startsWith('global-error.');
}

/** Whether the app's own config is wrapped by `withSentryConfig`. */
export function wrapsByItself(tree: ReadTree, app: NextApp): boolean {
  return scripts(tree, app, app.configFile).some(({ file, program }) => !/(^|\/)hardening\//.test(file) && calls(program, /^withSentryConfig$/));
}

/** A script, and those of the app that it brings in by any kind of import, ours included. */
function scripts(tree: ReadTree, app: NextApp, entry: string | undefined, depth = DEPTH): Script[] {
  const found = new Map<string, Script>();
  const visit = (file: string, left: number): void => {
    const text = found.has(file) || !tree.exists(file) ? null : tree.read(file, 'utf-8');
    const program = text === null ? undefined : parseScript(file, text);
    if (text === null || !program) return;
    found.set(file, { file, text, program });
    if (left === 0) return;
    for (const path of [...importedPaths(program), ...loadedPaths(program)]) {
      const next = resolveImport(tree, app, file, path);
      if (next) visit(next, left - 1);
    }
  };
  if (entry) visit(entry, depth);
  return [...found.values()];
}

/** What is brought in where it is needed: `await import('…')`, `require('…')`. */
function loadedPaths(program: SyntaxNode): string[] {
  const paths: string[] = [];
  walk(program, (node) => {
    if (node.type !== 'CallExpression') return;
    const callee = nodeIn(node, 'callee');
    const [path] = callee?.type === 'Import' || callee?.['name'] === 'require' ? nodesIn(node, 'arguments') : [];
    if (typeof path?.['value'] === 'string') paths.push(path['value']);
  });
  return paths;
}

function takesSentry(program: SyntaxNode): boolean {
  return [...importedPaths(program), ...loadedPaths(program)].some((path) => SENTRY.test(path));
}

function calls(program: SyntaxNode, name: RegExp): boolean {
  let isFound = false;
  walk(program, (node) => {
    const callee = node.type === 'CallExpression' ? nodeIn(node, 'callee') : undefined;
    const called = callee?.['name'] ?? nodeIn(callee, 'property')?.['name'];
    isFound ||= typeof called === 'string' && name.test(called);
    return !isFound;
  });
  return isFound;
}
