import type MagicString from 'magic-string';
import { styleOf } from './script-style';
import { nodeIn, nodesIn, walk, type Source, type SyntaxNode } from './source';

/** Offsets of a text. */
interface Span {
  start: number;
  end: number;
}

/** Where a component went, and what that looked like before. */
export interface Put {
  holder: SyntaxNode;
  original: string;
}

/**
 * Adds a last child to an element, on a line of its own. Returns the element, and its old text, which is what undoes that.
 */
export function appendChild(splices: MagicString, source: Source, parent: SyntaxNode, child: string): Put {
  const { text } = source;
  const { eol } = styleOf(source);
  const put = { holder: parent, original: text.slice(parent.start, parent.end) };
  const [opening, closing] = tagsOf(parent);
  const spans = childSpans(source, parent);
  const [first, last] = [spans[0], spans.at(-1)];
  const indent = indentAt(text, parent.start);
  const inner = indent + stepOf(source);
  const isClosedBelow = /\n[ \t]*$/.test(text.slice(opening.end, closing.start));
  if (isClosedBelow) {
    const beside = last && isFirstOnLine(text, last.start) ? indentAt(text, last.start) : inner;
    splices.appendLeft(last?.end ?? opening.end, eol + beside + child);
    return put;
  }
  if (!first || !last) {
    splices.appendLeft(opening.end, eol + inner + child + eol + indent);
    return put;
  }
  const isOpenedAbove = text.slice(opening.end, first.start).includes('\n');
  if (!isOpenedAbove) {
    if (opening.end < first.start) splices.remove(opening.end, first.start);
    splices.appendLeft(first.start, eol + inner);
    indentLines(splices, source, { start: first.start, end: last.end }, stepOf(source));
  }
  splices.appendLeft(last.end, eol + (isOpenedAbove ? indentAt(text, last.start) : inner) + child + eol + indent);
  if (last.end < closing.start) splices.remove(last.end, closing.start);
  return put;
}

/** Moves the lines of a span, but for the first, to the right; not those that begin inside a text which that would change. */
export function indentLines(splices: MagicString, source: Source, { start, end }: Span, by: string): void {
  const layout = textsIn(source.program);
  const fixed = source.tokens.filter((token) => token.text.includes('\n') && !layout.some((one) => one.start <= token.start && token.end <= one.end));
  for (const { index } of source.text.slice(start, end).matchAll(/\n(?=[ \t]*\S)/g)) {
    const at = start + index + 1;
    if (!fixed.some((token) => token.start < at && at <= token.end)) splices.appendLeft(at, by);
  }
}

/** The texts between elements, whose line breaks and indentation mean nothing to React. */
export function textsIn(node: SyntaxNode): SyntaxNode[] {
  const texts: SyntaxNode[] = [];
  walk(node, (one) => void (one.type === 'JSXText' && texts.push(one)));
  return texts;
}

/** The tags around the children of an element or a fragment. */
export function tagsOf(parent: SyntaxNode): [SyntaxNode, SyntaxNode] {
  const opening = nodeIn(parent, 'openingElement') ?? nodeIn(parent, 'openingFragment') ?? parent;
  return [opening, nodeIn(parent, 'closingElement') ?? nodeIn(parent, 'closingFragment') ?? opening];
}

/** Its children without the white space around and between them. */
export function childSpans({ text }: Source, parent: SyntaxNode): Span[] {
  return nodesIn(parent, 'children').flatMap(({ type, start, end }) => {
    if (type !== 'JSXText') return [{ start, end }];
    const written = text.slice(start, end);
    const trimmed = written.trim();
    const from = start + written.indexOf(trimmed);
    return trimmed === '' ? [] : [{ start: from, end: from + trimmed.length }];
  });
}

/** The white space that the line begins with. */
export function indentAt(text: string, offset: number): string {
  return /[^\n]*$/.exec(text.slice(0, offset))?.[0].match(/^[ \t]*/)?.[0] ?? '';
}

export function isFirstOnLine(text: string, offset: number): boolean {
  return /(^|\n)[ \t]*$/.test(text.slice(0, offset));
}

/** One step of indentation in a file. */
export function stepOf({ text }: Source): string {
  if (/^\t/m.test(text)) return '\t';
  const steps = [...text.matchAll(/^( {2,8})\S/gm)].map(([, spaces = '']) => spaces.length);
  return ' '.repeat(steps.length > 0 ? Math.min(...steps) : 2);
}
