import type { Tree } from '@nx/devkit';
import type { EditResult } from '../capability';
import { exportedFunction } from './exported-function';
import { atTopOf } from './function-body';
import { insertRecorded, type Insertion } from './recorded-insertions';
import { inStyle, styleOf } from './script-style';
import { importPlace } from './seam-import';
import { nodesIn, openSource, type Source, type SyntaxNode } from './source';

/** A part of a user's file that an edit adds to: what goes in, the names that it needs from our module, or why it cannot. */
type Part = { insertions: Insertion[]; names: string[] } | { why: string };

/** What of ours is called in a file of Next's hooks. */
export interface HookSeam {
  /** Where the functions come from. */
  module: string;
  /** An async function that is called, and waited for, by `register`; undefined where something is started already. */
  start?: string | undefined;
  /** Next's hook, how many things it is given, and our function that is called with them. */
  hook: { exported: string; parameters: number; name: string };
}

/** Adds to `instrumentation.*` or `instrumentation-client.*` what starts with it, and who hears of what it is told. */
export function addHooks(tree: Tree, path: string, seam: HookSeam, added: Record<string, string[]>): EditResult {
  const { module, start, hook } = seam;
  const lines = [
    ...(start ? [`import { ${start} } from '${module}';`, '', 'export async function register() {', `  await ${start}();`, '}'] : []),
    `export { ${exportedAs(hook)} } from '${module}';`,
  ].join('\n');
  const manual = (why: string): EditResult => ({ status: 'manual', step: { file: path, why: `${why}, so it is untouched. Add by hand:`, lines } });
  const source = openSource(path, tree.read(path, 'utf-8') ?? '');
  if ('failure' in source) return manual(`It cannot be parsed (${source.failure})`);
  const taken = [start, hook.name].find((name) => name !== hook.exported && source.tokens.some(({ text }) => text === name));
  if (taken) return manual(`The name ${taken} is taken in it`);
  const parts = [...(start ? [inRegister(source, start, hook.exported)] : []), heard(source, seam)];
  const failed = parts.find((part) => 'why' in part);
  if (failed && 'why' in failed) return manual(failed.why);
  const done = parts as { insertions: Insertion[]; names: string[] }[];
  const names = done.flatMap((part) => part.names).sort();
  const imported = names.length > 0 ? [importPlace(source, inStyle(source, `import { ${names.join(', ')} } from '${module}';`))] : [];
  const outcome = insertRecorded(source, [...imported, ...done.flatMap((part) => part.insertions)]);
  if (!outcome) return manual('What would come out of it is not what was there with something added');
  tree.write(path, outcome.text);
  added[path] = outcome.recorded;
  return { status: 'changed' };
}

/** All or nothing: half of a seam is no seam. */
function inRegister(source: Source, start: string, other: string): Part {
  const found = exportedFunction(source, 'register');
  if (found.kind === 'unknown') return { why: `Its \`register\` cannot be looked into: ${found.why}` };
  const call = `await ${start}();`;
  if (found.kind === 'absent') {
    const { eol } = styleOf(source);
    return { insertions: [atEnd(source, ['export async function register() {', `  ${inStyle(source, call)}`, '}'].join(eol))], names: [start] };
  }
  const { node, isAnnotated } = found;
  const hook = exportedFunction(source, other);
  if (hook.kind === 'function' && hook.node === node) return { why: `One function is its \`register\` and its \`${other}\`` };
  const body = atTopOf(source, node, [call]);
  if (!body) return { why: 'Its `register` has no block to write into' };
  if (node['generator'] === true) return { why: 'Its `register` is a generator' };
  if (node['async'] === true) return { insertions: [body], names: [start] };
  // Next waits for it whatever it is; its type, or somebody else who calls it, may not.
  if (isAnnotated) return { why: 'Its `register` is not async, and its type says so' };
  if (source.tokens.filter(({ text }) => text === 'register').length > 1) return { why: 'Its `register` is not async, and is named elsewhere in it' };
  return { insertions: [{ at: node.start, text: 'async ' }, body], names: [start] };
}

/** A hook that Next calls: ours where there is none, else called first by the one that is there. */
function heard(source: Source, { module, hook }: HookSeam): Part {
  const { exported, name, parameters } = hook;
  const found = exportedFunction(source, exported);
  if (found.kind === 'unknown') return { why: `Its \`${exported}\` cannot be looked into: ${found.why}` };
  if (found.kind === 'absent') return { insertions: [atEnd(source, inStyle(source, `export { ${exportedAs(hook)} } from '${module}';`))], names: [] };
  const given = namesOf(found.node, parameters);
  if (!given) return { why: `Its \`${exported}\` does not name the ${parameters} things that Next gives it` };
  const call = atTopOf(source, found.node, [`${name}(${given.join(', ')});`]);
  if (!call) return { why: `Its \`${exported}\` has no block to write into` };
  return { insertions: [call], names: [name] };
}

function exportedAs({ exported, name }: HookSeam['hook']): string {
  return exported === name ? name : `${name} as ${exported}`;
}

function namesOf(node: SyntaxNode, count: number): string[] | undefined {
  const parameters = nodesIn(node, 'params');
  const names = parameters.map((one) => (one.type === 'Identifier' && one['name'] !== 'this' ? String(one['name']) : ''));
  return names.length === count && names.every(Boolean) ? names : undefined;
}

function atEnd(source: Source, text: string): Insertion {
  const { eol } = styleOf(source);
  const { length } = source.text.trimEnd();
  // The next one goes behind it, at the same place.
  return { at: length, text: length === 0 ? text + eol : eol + eol + text };
}
