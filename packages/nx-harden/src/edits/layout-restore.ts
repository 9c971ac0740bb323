import type MagicString from 'magic-string';
import type { Tree } from '@nx/devkit';
import type { EditResult } from '../capability';
import { isFirstOnLine } from './layout-children';
import { importOf, PAGE_SCRIPTS, type PageScript } from './layout-script';
import { childrenOf, shapeOf } from './layout-shape';
import { removeSeamImport } from './seam-import';
import { nodeIn, nodesIn, openSource, spliceSource, walk, type Source, type SyntaxNode } from './source';

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
  // Where nothing of ours was left, what it looked like before is no longer ours to say.
  const text = left.length > 0 || cut === before ? cut : recorded.filter((one) => !isName(one)).reduce((now, original) => restored(file, now, original), cut);
  if (text !== before) tree.write(file, text);
  return { result: { status: text === before ? 'unchanged' : 'changed' }, left: left.length > 0 ? recorded.filter((one) => !isName(one) || left.includes(one)) : [] };
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
  const elements = elementsOf(source, localName);
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

function commentsOf({ tokens }: Source): string {
  return tokens.filter(({ isComment }) => isComment).map(({ text }) => text).join('\n');
}

/** The elements of that name as they were put in: without attributes, as a child of another one. */
function elementsOf({ program }: Source, localName: string): SyntaxNode[] {
  const elements: SyntaxNode[] = [];
  walk(program, (parent) => {
    for (const child of nodesIn(parent, 'children')) {
      const opening = nodeIn(child, 'openingElement');
      if (nodeIn(opening, 'name')?.['name'] === localName && opening?.['selfClosing'] === true && nodesIn(opening, 'attributes').length === 0) elements.push(child);
    }
  });
  return elements;
}

function removeElement(splices: MagicString, { text }: Source, { start, end }: SyntaxNode): void {
  const before = isFirstOnLine(text, start) ? (/\r?\n[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0) : 0;
  splices.remove(start - before, end);
}

/** The text with what now says the same as the original as it was; or with our fragment around that gone. */
function restored(file: string, text: string, original: string): string {
  const source = openSource(file, text);
  const wanted = openSource(file, `(${original})`);
  if ('failure' in source || 'failure' in wanted) return text;
  const [statement] = nodesIn(wanted.program, 'body');
  const shape = shapeOf(nodeIn(statement, 'expression') ?? wanted.program);
  const places: { start: number; end: number }[] = [];
  walk(source.program, (node) => {
    const [child, ...others] = node.type === 'JSXFragment' ? childrenOf(node) : [];
    const wrapped = child?.type === 'JSXExpressionContainer' ? nodeIn(child, 'expression') : child;
    if (wrapped && others.length === 0 && shapeOf(wrapped) === shape) places.push(withParentheses(source, node));
    else if (/^JSX(Element|Fragment)$/.test(node.type) && original.startsWith('<') && shapeOf(node) === shape) places.push({ start: node.start, end: node.end });
    else return undefined;
    return false;
  });
  return spliceFreely(source, (splices) => places.forEach(({ start, end }) => void splices.overwrite(start, end, original))) ?? text;
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

function isName(text: string): boolean {
  return /^[A-Z]\w*$/.test(text);
}

function isStillThere(file: string, text: string, name: string): boolean {
  const source = openSource(file, text);
  return !('failure' in source) && importOf(source, name) !== undefined;
}

function manualRemoval(file: string, text: string, names: readonly string[]): EditResult {
  const ours = text.split(/\r?\n/).filter((line) => names.some((name) => new RegExp(`\\b${name}\\b`).test(line)));
  return { status: 'manual', step: { file, why: 'It was changed by hand, so it is kept. Its packages go, so take these lines out:', lines: ours.map((line) => line.trim()).join('\n') } };
}
