import type MagicString from 'magic-string';
import type { Tree } from '@nx/devkit';
import type { EditResult } from '../capability';
import { isFirstOnLine } from './layout-children';
import { elementsOf, holdersIn, holds, isName, parentsIn } from './layout-record';
import { importOf, PAGE_SCRIPTS, type PageScript } from './layout-script';
import { shapeOf } from './layout-shape';
import { removeSeamImport } from './seam-import';
import { nodeIn, nodesIn, openSource, spliceSource, type Source, type SyntaxNode } from './source';

type SeamImport = NonNullable<ReturnType<typeof importOf>>;

/**
 * Takes components out of a file again, with their imports, and gives what was opened up for them its old text back.
 * `recorded` is what the edit recorded for that file; of it, only what belongs to `scripts` goes.
 */
export function takeOutOf(tree: Tree, file: string, recorded: readonly string[], scripts: readonly PageScript[] = PAGE_SCRIPTS): { result: EditResult; left: string[] } {
  const before = tree.exists(file) ? (tree.read(file, 'utf-8') ?? '') : undefined;
  const names = recorded.filter(isName);
  if (before === undefined) return { result: { status: 'unchanged' }, left: [] };
  const cut = cutAll(file, before, names, scripts);
  if (cut === undefined) return { result: manualRemoval(file, before, names), left: [...recorded] };
  const left = names.filter((name) => isStillThere(file, cut, name));
  const { text, kept } = restored({ file, before, cut }, recorded, left);
  if (text !== before) tree.write(file, text);
  return { result: { status: text === before ? 'unchanged' : 'changed' }, left: left.length > 0 ? [...left, ...kept] : [] };
}

/** One after the other, the last import first: what stands next to an import tells which line ends came with it. */
function cutAll(file: string, before: string, names: readonly string[], scripts: readonly PageScript[]): string | undefined {
  let text = before;
  for (;;) {
    const source = openSource(file, text);
    if ('failure' in source) return names.some((name) => text.includes(name)) ? undefined : text;
    const imported = names.flatMap((name) => importOf(source, name) ?? []).filter(({ script }) => scripts.includes(script));
    const [last] = imported.sort((a, b) => b.statement.start - a.statement.start);
    if (!last) return text;
    const cut = cutOne(source, last);
    if (cut === undefined) return undefined;
    text = cut;
  }
}

function cutOne(source: Source, imported: SeamImport): string | undefined {
  const { localName, statement } = imported;
  const elements = elementsOf(source, [localName]);
  const uses = source.tokens.filter(({ text, start }) => text === localName && !(start >= statement.start && start < statement.end));
  // Used in another way, or given attributes: somebody has gone on from it.
  if (uses.length !== elements.length) return undefined;
  const spliced = spliceFreely(source, (splices) => {
    removeSeamImport(splices, source, imported);
    for (const element of elements) removeElement(splices, source, element);
  });
  const after = spliced === undefined ? undefined : openSource(source.path, spliced);
  if (!after || 'failure' in after) return undefined;
  const isOurs = (node: SyntaxNode): boolean => elements.includes(node) || (node === statement ? nodesIn(node, 'specifiers').length === 1 : isSpecifier(node, localName));
  const isClean = shapeOf(after.program) === shapeOf(source.program, isOurs) && commentsOf(after) === commentsOf(source);
  return isClean ? after.text : undefined;
}

function isSpecifier(node: SyntaxNode, localName: string): boolean {
  return node.type === 'ImportSpecifier' && nodeIn(node, 'local')?.['name'] === localName;
}

function commentsOf({ tokens }: Source, within = { start: 0, end: Infinity }): string {
  return tokens
    .filter(({ isComment, start, end }) => isComment && start >= within.start && end <= within.end)
    .map(({ text }) => text.replace(/\s+/g, ' '))
    .join('\n');
}

function removeElement(splices: MagicString, { text }: Source, { start, end }: SyntaxNode): void {
  const before = isFirstOnLine(text, start) ? (/\r?\n[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0) : 0;
  splices.remove(start - before, end);
}

/** The text with what no longer holds anything of ours as it was, each from its own record; and the records of what still does. */
function restored({ file, before, cut }: { file: string; before: string; cut: string }, recorded: readonly string[], left: readonly string[]): { text: string; kept: string[] } {
  const [source, after] = [openSource(file, before), openSource(file, cut)];
  if ('failure' in source || 'failure' in after) return { text: cut, kept: [] };
  const names = recorded.filter(isName);
  const [parents, now] = [parentsIn(source, names), parentsIn(after, names)];
  if (parents.length !== now.length) return { text: cut, kept: [] };
  const kept: string[] = [];
  const places: { start: number; end: number; original: string }[] = [];
  for (const { node, original, isOurFragment } of holdersIn(source, recorded)) {
    const holder = now[parents.indexOf(node)];
    if (!holder) continue;
    if (holds(holder, left)) {
      // One that cannot be told keeps its place in the order.
      kept.push(original ?? source.text.slice(node.start, node.end));
      continue;
    }
    const span = isOurFragment ? withParentheses(after, holder) : holder;
    // A comment that the team wrote since then is worth more than the old line breaks.
    if (original !== undefined && commentsOf(after, span) === commentsIn(file, original)) places.push({ start: span.start, end: span.end, original });
  }
  const outer = places.filter((one) => !places.some((other) => other !== one && other.start <= one.start && one.end <= other.end));
  const text = spliceFreely(after, (splices) => outer.forEach(({ start, end, original }) => void splices.overwrite(start, end, original)));
  return { text: text !== undefined && commentsIn(file, text) === commentsOf(after) ? text : cut, kept };
}

function commentsIn(file: string, text: string): string | undefined {
  const source = openSource(file, text);
  return 'failure' in source ? undefined : commentsOf(source);
}

/** Splices where texts between elements grow together, so that what is said is compared, and not the tokens. */
function spliceFreely(source: Source, edit: (splices: MagicString) => void): string | undefined {
  return spliceSource(source, edit, [source.program]);
}

/** An expression with the parentheses around it. */
export function withParentheses({ tokens }: Source, { start, end, extra }: SyntaxNode): { start: number; end: number } {
  const { parenthesized, parenStart } = (extra ?? {}) as { parenthesized?: boolean; parenStart?: number };
  const close = tokens.find((token) => token.start >= end && !token.isComment);
  return parenthesized && parenStart !== undefined && close ? { start: parenStart, end: close.end } : { start, end };
}

function isStillThere(file: string, text: string, name: string): boolean {
  const source = openSource(file, text);
  return !('failure' in source) && importOf(source, name) !== undefined;
}

function manualRemoval(file: string, text: string, names: readonly string[]): EditResult {
  const ours = text.split(/\r?\n/).filter((line) => names.some((name) => new RegExp(`\\b${name}\\b`).test(line)));
  return { status: 'manual', step: { file, why: 'It was changed by hand, so it is kept. Its packages go, so take these lines out:', lines: ours.map((line) => line.trim()).join('\n') } };
}
