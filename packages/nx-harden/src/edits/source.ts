import type { ParserPlugin } from '@babel/parser';
import type MagicString from 'magic-string';

/** A node of the syntax tree, as far as edits look at it. Offsets are into the text. */
export interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  loc?: { start: { line: number } };
  [key: string]: unknown;
}

/** A script that could be parsed. */
export interface Source {
  path: string;
  text: string;
  program: SyntaxNode;
  /** Comments are among them, so an edit cannot lose one. */
  tokens: Token[];
}

export interface Token {
  start: number;
  end: number;
  text: string;
  isComment: boolean;
}

interface ParseFailure {
  /** Why, with line and column. */
  failure: string;
}

/** Parses TS or JS, by its ending. The AST library is loaded here and nowhere else, when it is needed. */
export function openSource(path: string, text: string): Source | ParseFailure {
  const { parse } = require('@babel/parser') as typeof import('@babel/parser');
  // The parser takes a byte order mark for a character of the program; a space keeps all offsets.
  const input = text.replace(/^\uFEFF/, ' ');
  let failure = '';
  for (const sourceType of ['module', 'script'] as const) {
    try {
      const file = parse(input, { sourceType, tokens: true, allowReturnOutsideFunction: true, plugins: pluginsFor(path) });
      const tokens = (file.tokens ?? []) as { type: unknown; start: number; end: number }[];
      return {
        path,
        text,
        program: file.program as unknown as SyntaxNode,
        tokens: tokens.filter(({ start, end }) => start < end).map(({ type, start, end }) => ({ start, end, text: input.slice(start, end), isComment: typeof type === 'string' })),
      };
    } catch (error) {
      failure ||= (error as Error).message;
    }
  }
  return { failure };
}

/** The syntax tree of a script; undefined when it cannot be parsed. */
export function parseScript(path: string, text: string): SyntaxNode | undefined {
  const source = openSource(path, text);
  return 'failure' in source ? undefined : source.program;
}

/** The value of a top-level `const <name> = <literal>`, exported or not; undefined when there is none, or it is not written out. */
export function constantIn(path: string, text: string, name: string): unknown {
  const program = parseScript(path, text);
  const declarators = (program ? nodesIn(program, 'body') : []).flatMap((node) => nodesIn(nodeIn(node, 'declaration') ?? node, 'declarations'));
  const init = declarators.map((node) => (nodeIn(node, 'id')?.['name'] === name ? nodeIn(node, 'init') : undefined)).find(Boolean);
  return init && literalValue(init);
}

/**
 * Applies splices, parses the outcome again, and makes sure that every token that was there is still there, in its
 * order, apart from those that the edit declares as `replaced`. Undefined when it is not so: then nothing may be written.
 */
export function spliceSource(source: Source, edit: (text: MagicString) => void, replaced: readonly SyntaxNode[] = []): string | undefined {
  const after = openSource(source.path, apply(source, edit));
  if ('failure' in after) return undefined;
  const kept = source.tokens.filter((token) => !replaced.some((node) => lies(token, node)));
  return isSubsequence(kept, after.tokens) ? after.text : undefined;
}

/**
 * The reverse: takes out what an earlier edit put in, and makes sure that nothing new came, that no comment went, and
 * that `ours`, the names which that edit brought in, went with it. `restored` are nodes that get their old text back.
 */
export function cutSource(source: Source, edit: (text: MagicString) => void, ours: readonly string[], restored: readonly { node: SyntaxNode; text: string }[] = []): string | undefined {
  const after = openSource(source.path, apply(source, edit));
  if ('failure' in after) return undefined;
  const before = source.tokens.map((token) => ({ ...token, text: restored.find(({ node }) => lies(token, node))?.text ?? token.text }));
  const comments = (tokens: readonly Token[]) => tokens.filter(({ isComment }) => isComment).length;
  const isClean = !after.tokens.some(({ text }) => ours.includes(text)) && comments(after.tokens) === comments(before);
  return isClean && isSubsequence(after.tokens, before) ? after.text : undefined;
}

function lies({ start, end }: Token, node: SyntaxNode): boolean {
  return start >= node.start && end <= node.end;
}

/** The one child of that key, if it has one. */
export function nodeIn(node: SyntaxNode | undefined, key: string): SyntaxNode | undefined {
  const value = node?.[key];
  return isNode(value) ? value : undefined;
}

/** The children of that key; holes in a list are left out. */
export function nodesIn(node: SyntaxNode | undefined, key: string): SyntaxNode[] {
  const value = node?.[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** Visits a tree; a visitor that returns false keeps out of what lies below. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => boolean | void): void {
  if (visit(node) === false) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'loc' || key.endsWith('Comments')) continue;
    for (const one of Array.isArray(value) ? value : [value]) if (isNode(one)) walk(one, visit);
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function apply({ text }: Source, edit: (text: MagicString) => void): string {
  // Some bundlers hand over the class itself, some a module around it.
  const loaded = require('magic-string') as { default?: typeof MagicString } & typeof MagicString;
  const spliced = new (loaded.default ?? loaded)(text);
  edit(spliced);
  return spliced.toString();
}

function isSubsequence(tokens: readonly Token[], of: readonly Token[]): boolean {
  let index = 0;
  for (const token of of) if (index < tokens.length && tokens[index]?.text === token.text) index++;
  return index === tokens.length;
}

function pluginsFor(path: string): ParserPlugin[] {
  const common: ParserPlugin[] = ['decorators', 'explicitResourceManagement'];
  if (/\.[cm]?ts$/.test(path)) return [...common, 'typescript'];
  return path.endsWith('.tsx') ? [...common, 'typescript', 'jsx'] : [...common, 'jsx'];
}

/** The value of a literal, down to its leaves; what is computed is undefined. */
export function literalValue(node: SyntaxNode): unknown {
  switch (node.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return node['value'];
    case 'NullLiteral':
      return null;
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return literalValue(nodeIn(node, 'expression') ?? node);
    case 'ArrayExpression':
      return nodesIn(node, 'elements').map(literalValue);
    case 'ObjectExpression':
      return Object.fromEntries(
        nodesIn(node, 'properties')
          .filter(({ type }) => type === 'ObjectProperty')
          .map((property) => [keyOf(nodeIn(property, 'key')), literalValue(nodeIn(property, 'value') ?? property)]),
      );
    default:
      return undefined;
  }
}

function keyOf(node: SyntaxNode | undefined): string {
  return String(node?.['name'] ?? node?.['value']);
}
