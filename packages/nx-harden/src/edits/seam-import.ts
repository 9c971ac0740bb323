import type MagicString from 'magic-string';
import { nodeIn, nodesIn, type Source, type SyntaxNode } from './source';
import { styleOf } from './script-style';

/** The statement by which a user's file gets at a file of ours. */
export interface SeamImport {
  statement: SyntaxNode;
  /** What the imported function is called in this file. */
  localName: string;
}

/** Finds `import { name } from path` or `const { name } = require(path)`, under whatever local name. */
export function findSeamImport({ program }: Source, name: string, path: string): SeamImport | undefined {
  for (const statement of nodesIn(program, 'body')) {
    const localName = statement.type === 'ImportDeclaration' ? importedName(statement, name, path) : requiredName(statement, name, path);
    if (localName) return { statement, localName };
  }
  return undefined;
}

/** A name that the file does not use yet: the name itself, else with a number. */
export function freeName({ tokens }: Source, name: string): string {
  const taken = new Set(tokens.map(({ text }) => text));
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/**
 * Adds the import where it reads well: below the other ones, else above the first statement and what belongs to it.
 * It comes above the offset `usedAt`, because a `require` further down would be too late.
 */
export function addSeamImport(
  splices: MagicString,
  source: Source,
  { name, localName, path, style, usedAt }: { name: string; localName: string; path: string; style: 'import' | 'require'; usedAt: number },
): void {
  const { at, text } = importPlace(source, seamImportLine(source, name, localName, path, style), usedAt);
  splices.appendLeft(at, text);
}

/** Where a line that brings something in goes, with the line ends around it. */
export function importPlace(source: Source, line: string, usedAt = Infinity): { at: number; text: string } {
  const { eol } = styleOf(source);
  const last = nodesIn(source.program, 'body').filter((statement) => statement.end <= usedAt && isImport(statement)).at(-1);
  return last ? { at: endOfLine(source, last.end), text: eol + line } : { at: startOfCode(source), text: line + eol + eol };
}

/** The import as a line of this file. */
export function seamImportLine(source: Source, name: string, localName: string, path: string, style: 'import' | 'require'): string {
  const { quote, semicolon } = styleOf(source);
  const from = quote + path + quote;
  if (style === 'import') return `import { ${name === localName ? name : `${name} as ${localName}`} } from ${from}${semicolon}`;
  return `const { ${name === localName ? name : `${name}: ${localName}`} } = require(${from})${semicolon}`;
}

/** Takes the import out again, with the line ends that came with it. What the user imports by the same statement stays. */
export function removeSeamImport(splices: MagicString, source: Source, { statement, localName }: SeamImport): void {
  const { text } = source;
  const names = [...nodesIn(statement, 'specifiers'), ...nodesIn(nodeIn(nodesIn(statement, 'declarations')[0], 'id'), 'properties')];
  const ours = names.findIndex((one) => (nodeIn(one, 'local') ?? nodeIn(one, 'value'))?.['name'] === localName);
  const [previousName, name, nextName] = [names[ours - 1], names[ours], names[ours + 1]];
  if (name && nextName) return void splices.remove(name.start, nextName.start);
  // A default import in front of the braces needs no comma any more, and its braces would be empty.
  if (name && previousName) return void splices.remove(previousName.end, previousName.type === 'ImportDefaultSpecifier' ? text.indexOf('}', name.end) + 1 : name.end);
  const body = nodesIn(source.program, 'body');
  const previous = body[body.indexOf(statement) - 1];
  const lineBreakBefore = /\r?\n$/.exec(text.slice(0, statement.start))?.[0] ?? '';
  if (previous && isImport(previous) && text.slice(previous.end, statement.start).trim().split('\n').length <= 1 && lineBreakBefore) {
    splices.remove(statement.start - lineBreakBefore.length, statement.end);
  } else {
    const after = /^[ \t]*(\r?\n){0,2}/.exec(text.slice(statement.end))?.[0] ?? '';
    splices.remove(statement.start, statement.end + after.length);
  }
}

function importedName(statement: SyntaxNode, name: string, path: string): string | undefined {
  if (nodeIn(statement, 'source')?.['value'] !== path) return undefined;
  const specifier = nodesIn(statement, 'specifiers').find((one) => nodeIn(one, 'imported')?.['name'] === name);
  return nodeIn(specifier, 'local')?.['name'] as string | undefined;
}

function requiredName(statement: SyntaxNode, name: string, path: string): string | undefined {
  const [declarator] = nodesIn(statement, 'declarations');
  const call = nodeIn(declarator, 'init');
  if (!isRequire(call) || nodesIn(call, 'arguments')[0]?.['value'] !== path) return undefined;
  const property = nodesIn(nodeIn(declarator, 'id'), 'properties').find((one) => nodeIn(one, 'key')?.['name'] === name);
  return nodeIn(property, 'value')?.['name'] as string | undefined;
}

/** Whether a top-level statement brings something in. A `require` deep in an expression does not count. */
function isImport(statement: SyntaxNode): boolean {
  if (statement.type === 'ImportDeclaration' || statement.type === 'TSImportEqualsDeclaration') return true;
  if (statement.type === 'ExpressionStatement') return isRequire(nodeIn(statement, 'expression'));
  if (statement.type !== 'VariableDeclaration') return false;
  return nodesIn(statement, 'declarations').every((declarator) => isRequire(rootOf(nodeIn(declarator, 'init'))));
}

/** `require('x').y` and `require('x')(options)` bring in as well. */
function rootOf(node: SyntaxNode | undefined): SyntaxNode | undefined {
  if (node?.type === 'MemberExpression') return rootOf(nodeIn(node, 'object'));
  if (node?.type === 'CallExpression' && !isRequire(node)) return rootOf(nodeIn(node, 'callee'));
  return node;
}

function isRequire(node: SyntaxNode | undefined): boolean {
  return node?.type === 'CallExpression' && nodeIn(node, 'callee')?.['name'] === 'require';
}

/** The end of the line, when nothing but white space and a comment follows on it. */
export function endOfLine({ text }: Source, offset: number): number {
  const rest = /^[^\r\n]*/.exec(text.slice(offset))?.[0] ?? '';
  return /^[ \t]*(\/\/.*|\/\*[^*]*\*\/[ \t]*)?$/.test(rest) ? offset + rest.length : offset;
}

/**
 * Where the first statement begins, with the comments that belong to it. A licence (a comment above an empty line),
 * `@ts-check`, a shebang and directives such as 'use strict' stay above.
 */
function startOfCode({ text, tokens, program }: Source): number {
  const directive = nodesIn(program, 'directives').at(-1);
  const firstStatement = nodesIn(program, 'body')[0];
  let start = firstStatement?.start ?? text.length;
  const comments = tokens.filter((token) => token.isComment && token.end <= start && token.start >= (directive?.end ?? 0));
  for (const comment of comments.reverse()) {
    const gap = text.slice(comment.end, start);
    const isAttached = gap.trim() === '' && (gap.match(/\n/g)?.length ?? 0) <= 1;
    if (!isAttached || /@ts-(check|nocheck)|^#!|eslint-disable/.test(comment.text)) break;
    start = comment.start;
  }
  return start;
}
