import type { Tree } from '@nx/devkit';
import type { EditResult } from '../capability';
import { exportedFunction } from './exported-function';
import { atTopOf } from './function-body';
import { insertRecorded, type Insertion } from './recorded-insertions';
import { inStyle, styleOf } from './script-style';
import { importPlace } from './seam-import';
import { nodeIn, nodesIn, openSource, type Source, type SyntaxNode } from './source';

/** A part of a user's file that an edit adds to: what goes in, or why it cannot. */
type Part = Insertion[] | { why: string };

/** The statements that start something in `register`, each on a line; they may await. */
export interface RegisterSeam {
  /** Such as `if (process.env.NEXT_RUNTIME === 'nodejs') await import('./sentry.server.config');`. */
  statements: readonly string[];
  /** What is exported as `onRequestError`, and from where. */
  onRequestError: { name: string; from: string };
}

/** Adds to the server's `instrumentation.*` what starts at its beginning and hears of the errors of requests. */
export function addToInstrumentation(tree: Tree, path: string, seam: RegisterSeam, added: Record<string, string[]>): EditResult {
  const { name, from } = seam.onRequestError;
  const lines = ['export async function register() {', ...seam.statements.map((line) => `  ${line}`), '}', `export { ${name} as onRequestError } from '${from}';`].join('\n');
  return addParts(tree, path, lines, added, (source) => [inRegister(source, seam.statements), hook(source, 'onRequestError', seam.onRequestError, 3)]);
}

/** Adds to the browser's `instrumentation-client.*` a module that starts with it, and a hook for the router's transitions. */
export function addToClientInstrumentation(tree: Tree, path: string, seam: { module: string; onRouterTransitionStart: { name: string; from: string } }, added: Record<string, string[]>): EditResult {
  const { name, from } = seam.onRouterTransitionStart;
  const lines = `import '${seam.module}';\nexport { ${name} as onRouterTransitionStart } from '${from}';`;
  return addParts(tree, path, lines, added, (source) => [[importPlace(source, inStyle(source, `import '${seam.module}';`))], hook(source, 'onRouterTransitionStart', seam.onRouterTransitionStart, 2)]);
}

/** All of it or nothing: half of a seam is no seam. */
function addParts(tree: Tree, path: string, lines: string, added: Record<string, string[]>, partsOf: (source: Source) => Part[]): EditResult {
  const manual = (why: string): EditResult => ({ status: 'manual', step: { file: path, why: `${why}, so it is untouched. Add by hand:`, lines } });
  const source = openSource(path, tree.read(path, 'utf-8') ?? '');
  if ('failure' in source) return manual(`It cannot be parsed (${source.failure})`);
  const parts = partsOf(source);
  const failed = parts.find((part) => 'why' in part);
  if (failed && 'why' in failed) return manual(failed.why);
  const done = insertRecorded(source, (parts as Insertion[][]).flat());
  if (!done) return manual('What would come out of it is not what was there with something added');
  tree.write(path, done.text);
  added[path] = done.recorded;
  return { status: 'changed' };
}

function inRegister(source: Source, statements: readonly string[]): Part {
  const found = exportedFunction(source, 'register');
  if (found.kind === 'unknown') return { why: `Its \`register\` cannot be looked into: ${found.why}` };
  const lines = statements.map((line) => inStyle(source, line));
  if (found.kind === 'absent') {
    const { eol } = styleOf(source);
    return [atEnd(source, ['export async function register() {', ...lines.map((line) => `  ${line}`), '}'].join(eol))];
  }
  const { node, isAnnotated } = found;
  const body = atTopOf(source, node, lines);
  if (!body) return { why: 'Its `register` has no block to write into' };
  if (node['async'] === true) return [body];
  // Next awaits it whatever it is; only its type may say that it returns nothing.
  if (isAnnotated) return { why: 'Its `register` is not async, and its type says so' };
  return [{ at: node.start, text: 'async ' }, body];
}

/** A hook that Next calls: handed on where there is none, called first by the one that is there. */
function hook(source: Source, exported: string, { name, from }: { name: string; from: string }, parameters: number): Part {
  const found = exportedFunction(source, exported);
  if (found.kind === 'unknown') return { why: `Its \`${exported}\` cannot be looked into: ${found.why}` };
  if (found.kind === 'absent') return [atEnd(source, inStyle(source, `export { ${name} as ${exported} } from '${from}';`))];
  const names = namesOf(found.node, parameters);
  if (!names) return { why: `Its \`${exported}\` does not name the ${parameters} things that Next gives it` };
  // The SDK takes what Next gives; a type of the file's own that says less does not fit.
  if (nodesIn(found.node, 'params').slice(1).some(isTypedInPlace)) return { why: `Its \`${exported}\` has types of its own` };
  if (source.tokens.some(({ text }) => text === name)) return { why: `The name ${name} is taken in it` };
  const call = atTopOf(source, found.node, [inStyle(source, `${name}(${names.join(', ')});`)]);
  if (!call) return { why: `Its \`${exported}\` has no block to write into` };
  return [importPlace(source, inStyle(source, `import { ${name} } from '${from}';`)), call];
}

function isTypedInPlace(parameter: SyntaxNode): boolean {
  return nodeIn(nodeIn(parameter, 'typeAnnotation'), 'typeAnnotation')?.type === 'TSTypeLiteral';
}

function namesOf(node: SyntaxNode, count: number): string[] | undefined {
  const names = nodesIn(node, 'params').map((one) => (one.type === 'Identifier' ? String(one['name']) : undefined));
  const known = names.filter((name) => name !== undefined && name !== 'this');
  return known.length === count && names.length === count ? (known as string[]) : undefined;
}

function atEnd(source: Source, text: string): Insertion {
  const { eol } = styleOf(source);
  const { length } = source.text.trimEnd();
  return { at: length, text: length === 0 ? text : eol + eol + text };
}

