import { inStyle, styleOf } from './script-style';
import type { Insertion } from './recorded-insertions';
import { nodeIn, nodesIn, type Source, type SyntaxNode } from './source';

/** What would be taken for a part of a statement before it that has no semicolon. */
const GOES_ON = /^[([`+\-/*.,]/;

/** Statements at the top of a function's body, in the style of what is there; undefined for a function without a block. */
export function atTopOf(source: Source, node: SyntaxNode, statements: readonly string[]): Insertion | undefined {
  const body = nodeIn(node, 'body');
  if (body?.type !== 'BlockStatement') return undefined;
  const { eol } = styleOf(source);
  // Below `'use server'` and its like, which must come first.
  const at = nodesIn(body, 'directives').at(-1)?.end ?? body.start + 1;
  const outer = indentAt(source, body.start);
  const first = nodesIn(body, 'body')[0];
  const isOnOneLine = first !== undefined && !/[\r\n]/.test(source.text.slice(at, first.start));
  const inner = first && !isOnOneLine ? indentAt(source, first.start) : outer + (/^\t/m.test(source.text) ? '\t' : '  ');
  const styled = statements.map((statement, index) => (index === statements.length - 1 && first && GOES_ON.test(source.text.slice(first.start)) ? inStyle(source, statement, ';') : inStyle(source, statement)));
  const lines = styled.map((statement) => eol + inner + statement).join('');
  // What stands on the line of the brace stays behind ours, on a line of its own.
  const rest = /^[^\r\n]*/.exec(source.text.slice(at))?.[0] ?? '';
  const isComment = /^\s*(\/\/.*|\/\*(?:(?!\*\/).)*\*\/\s*)$/.test(rest);
  if (isComment) return { at: at + rest.length, text: lines };
  if (rest.trim() === '') return { at, text: lines };
  const indent = rest.trim() === '}' ? outer : inner;
  return { at, text: lines + eol + (rest.startsWith(' ') ? indent.slice(1) : indent) };
}

function indentAt({ text }: Source, offset: number): string {
  return /(?:^|\n)([ \t]*)[^\n]*$/.exec(text.slice(0, offset))?.[1] ?? '';
}
