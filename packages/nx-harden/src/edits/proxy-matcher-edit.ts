import type MagicString from 'magic-string';
import { entryOf, printEntry, printFlat, WIDTH, type AddedMatcher } from './proxy-entry';
import { bare, sourceAt } from './proxy-matcher';
import { styleOf } from './script-style';
import { nodeIn, nodesIn, openSource, type Source, type SyntaxNode } from './source';

/** Adds matchers at the end of the list, in the layout that it has. A single string becomes a list, and a line that would be too long becomes several. */
export function addEntries(splices: MagicString, source: Source, node: SyntaxNode, matchers: readonly AddedMatcher[]): void {
  const { quote, eol } = styleOf(source);
  const values = matchers.map(entryOf);
  const flat = values.map((value) => printFlat(value, quote)).join(', ');
  const list = bare(node);
  if (list.type !== 'ArrayExpression') {
    const isLong = lineWidth(source, node) + flat.length + '[, ]'.length > WIDTH;
    const { base, inner, entries } = onLines(source, node, values);
    splices.appendRight(node.start, isLong ? `[${eol}${inner}` : '[');
    splices.appendLeft(node.end, isLong ? `,${entries},${eol}${base}]` : `, ${flat}]`);
    return;
  }
  const inside = tokensIn(source, list);
  const elements = nodesIn(list, 'elements');
  const lastElement = elements.at(-1);
  const lastToken = inside.at(-1) ?? list;
  const closing = list.end - 1;
  const hasTrailingComma = lastElement !== undefined && inside.some(({ text, start }) => text === ',' && start >= lastElement.end);
  const addComma = () => lastElement && !hasTrailingComma && splices.appendLeft(lastElement.end, ',');
  if (source.text.slice(lastToken.end, closing).includes('\n')) {
    const base = indentOf(source, closing) ?? '';
    const inner = indentOf(source, lastElement?.start ?? lastToken.start) ?? `${base}  `;
    const step = inner.startsWith(base) ? inner.slice(base.length) || '  ' : '  ';
    const lastComma = hasTrailingComma || !lastElement ? ',' : '';
    addComma();
    splices.appendLeft(lastToken.end, values.map((value) => eol + inner + printEntry(value, { quote, eol, step, lastComma }, inner)).join(',') + lastComma);
    return;
  }
  const isOneLine = !source.text.slice(list.start, list.end).includes('\n') && !inside.some(({ isComment }) => isComment);
  if (!isOneLine || lineWidth(source, list) + flat.length + 2 <= WIDTH) {
    splices.appendLeft(lastElement?.end ?? lastToken.end, (lastElement ? ', ' : '') + flat);
    return;
  }
  const { base, inner, entries } = onLines(source, list, values);
  for (const element of elements) {
    const before = inside.filter(({ end }) => end <= element.start).at(-1) ?? list;
    if (before.end < element.start) splices.remove(before.end, element.start);
    splices.appendRight(element.start, eol + inner);
  }
  addComma();
  if (lastToken.end < closing) splices.remove(lastToken.end, closing);
  splices.appendLeft(lastToken.end, `${entries},${eol}${base}`);
}

/** Takes the entries with these sources out of the matcher again. It becomes what it was, as far as `original` and what has been added to it since allow. */
export function removeEntries(splices: MagicString, source: Source, node: SyntaxNode, sources: readonly string[], original: string | undefined): void {
  const list = bare(node);
  const elements = nodesIn(list, 'elements');
  const left = elements.filter((element) => !sources.includes(sourceAt(element) ?? ''));
  if (left.length === elements.length) return;
  const [only] = left;
  if (original !== undefined && /^['"`]/.test(original) && only && left.length === 1 && bare(only).type !== 'ObjectExpression') {
    splices.remove(list.start, only.start);
    splices.remove(only.end, list.end);
    return;
  }
  if (original !== undefined && joinLine(splices, source, list, left, original)) return;
  for (const element of elements) if (!left.includes(element)) removeElement(splices, source, list, element, left);
}

/** Puts a list on one line again that was broken into lines when ours came in. */
function joinLine(splices: MagicString, source: Source, list: SyntaxNode, left: readonly SyntaxNode[], original: string): boolean {
  const isBroken = source.text.slice(list.start, list.end).includes('\n') && !original.includes('\n');
  const before = openSource('original.ts', original);
  if (!isBroken || 'failure' in before || [...before.tokens, ...tokensIn(source, list)].some(({ isComment }) => isComment)) return false;
  const expression = nodeIn(nodesIn(before.program, 'body')[0], 'expression');
  const listBefore = expression && bare(expression);
  const elements = nodesIn(listBefore, 'elements');
  if (!listBefore || elements.length !== left.length) return false;
  // What stood around the elements stands around them again.
  const around = (whole: SyntaxNode, parts: readonly SyntaxNode[]) => [whole.start, ...parts.map(({ end }) => end)].map((start, index) => ({ start, end: parts[index]?.start ?? whole.end }));
  const texts = around(listBefore, elements).map(({ start, end }) => original.slice(start, end));
  around(list, left).forEach(({ start, end }, index) => splices.overwrite(start, end, texts[index] ?? ''));
  return true;
}

/** Takes one element out of a list with its line, or else with the comma in front of it; `left` are those that stay. */
function removeElement(splices: MagicString, { text, tokens }: Source, list: SyntaxNode, element: SyntaxNode, left: readonly SyntaxNode[]): void {
  const elements = nodesIn(list, 'elements');
  const commaBehind = (one: SyntaxNode) => {
    const next = elements[elements.indexOf(one) + 1];
    return tokens.find(({ text: token, start }) => token === ',' && start >= one.end && start < (next?.start ?? list.end));
  };
  const comma = commaBehind(element);
  const end = comma?.end ?? element.end;
  const lineStart = text.lastIndexOf('\n', element.start - 1) + 1;
  const isOnOwnLine = lineStart > list.start && text.slice(lineStart, element.start).trim() === '' && /^[ \t]*\r?\n/.test(text.slice(end));
  const previous = elements[elements.indexOf(element) - 1];
  const next = elements[elements.indexOf(element) + 1];
  if (isOnOwnLine) splices.remove(text[lineStart - 2] === '\r' ? lineStart - 2 : lineStart - 1, end);
  else if (previous && left.some(({ end: leftEnd }) => leftEnd <= element.start)) splices.remove(previous.end, element.end);
  else splices.remove(element.start, next?.start ?? end);
  // A list without a comma behind its last element got one when ours came behind it.
  const lastLeft = left.at(-1);
  const dangling = isOnOwnLine && !next && !comma && lastLeft ? commaBehind(lastLeft) : undefined;
  if (dangling) splices.remove(dangling.start, dangling.end);
}

/** The entries on lines of their own, with the indentation of the line on which the matcher begins. */
function onLines(source: Source, { start }: SyntaxNode, values: readonly unknown[]): { base: string; inner: string; entries: string } {
  const { quote, eol } = styleOf(source);
  const base = /^[ \t]*/.exec(source.text.slice(source.text.lastIndexOf('\n', start - 1) + 1))?.[0] ?? '';
  const step = /^(\t| {2,8})(?=[^\s*])/m.exec(source.text)?.[0] ?? '  ';
  const inner = base + step;
  return { base, inner, entries: values.map((value) => eol + inner + printEntry(value, { quote, eol, step, lastComma: ',' }, inner)).join(',') };
}

/** How long the line is on which a node ends. */
function lineWidth({ text }: Source, { end }: SyntaxNode): number {
  return `${/[^\r\n]*$/.exec(text.slice(0, end))?.[0] ?? ''}${/^[^\r\n]*/.exec(text.slice(end))?.[0] ?? ''}`.length;
}

function tokensIn({ tokens }: Source, list: SyntaxNode): Source['tokens'] {
  return tokens.filter(({ start, end }) => start >= list.start && end < list.end);
}

/** The white space in front of an offset, when nothing else stands there on its line. */
function indentOf({ text }: Source, offset: number): string | undefined {
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return before.trim() === '' ? before : undefined;
}
