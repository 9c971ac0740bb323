import type MagicString from 'magic-string';
import { findConfigExport } from './next-config-export';
import { removeSeamImport, type SeamImport } from './seam-import';
import { cutSource, nodeIn, nodesIn, walk, type Source, type SyntaxNode } from './source';

/** Takes the wrap and its import out of a source; undefined when something of the user's would go with them. */
export function unwrapSource(source: Source, seam: SeamImport): string | undefined {
  const body = nodesIn(source.program, 'body');
  const exported = findConfigExport(source);
  const appended = body.find((statement) => isAppendedWrap(statement, seam.localName));
  const local = exported.kind === 'specifier' ? exported.local : undefined;
  const declaration = body.find((statement) => isCallOf(declaredIn(statement, local?.['name']), seam.localName));
  const argument = local && nodesIn(declaredIn(declaration, local['name']), 'arguments')[0];
  const restored = local && argument ? [{ node: local, text: source.text.slice(argument.start, argument.end) }] : [];

  return cutSource(
    source,
    (splices) => {
      removeSeamImport(splices, source, seam);
      if (appended) return removeStatement(splices, source, appended);
      const [specifier] = restored;
      if (specifier && declaration) {
        splices.overwrite(specifier.node.start, specifier.node.end, specifier.text);
        return removeStatement(splices, source, declaration);
      }
      for (const call of callsOf(source, seam.localName)) removeCall(splices, source, call);
    },
    [seam.localName],
    restored,
  );
}

/** Whether the imported name is used at all: as a call around the config, or handed to a chain of wrappers. */
export function isSeamUsed({ tokens }: Source, { statement, localName }: SeamImport): boolean {
  return tokens.some(({ text, start }) => text === localName && (start < statement.start || start > statement.end));
}

/** Adds a last statement so that {@link removeStatement} can give every byte back. */
export function appendStatement(splices: MagicString, { text }: Source, statement: string, eol: string): void {
  splices.append(text.endsWith('\n') ? `${eol}${statement}${eol}` : `${eol}${eol}${statement}`);
}

function removeStatement(splices: MagicString, { text }: Source, { start, end }: SyntaxNode): void {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const isLastLine = end >= text.length;
  const before = isLastLine ? eol + eol : eol;
  const from = text.slice(0, start).endsWith(before) ? start - before.length : start;
  splices.remove(from, isLastLine ? end : end + (/^\r?\n/.exec(text.slice(end))?.[0].length ?? 0));
}

/** Removes `name(` and `)`, and what a formatter has put inside them since: white space, a comma. */
function removeCall(splices: MagicString, { text, tokens }: Source, call: SyntaxNode): void {
  const callee = nodeIn(call, 'callee');
  const [argument] = nodesIn(call, 'arguments');
  const inside = tokens.filter(({ start, end }) => start >= call.start && end <= call.end);
  const open = inside.find(({ text: token, start }) => token === '(' && start >= (callee?.end ?? 0));
  const close = inside.at(-1);
  if (!argument || !open || !close) return;
  splices.remove(call.start, open.end + (/^\s*/.exec(text.slice(open.end))?.[0].length ?? 0));
  // The last token before the parenthesis: what stands behind it is white space.
  const last = inside.at(-2);
  const hasComma = last?.text === ',' && last.start >= argument.end;
  if (last && hasComma) splices.remove(last.start, last.end);
  if (last) splices.remove(last.end, close.start);
  // A function that was declared stands without a semicolon.
  const wasDeclared = argument.type === 'FunctionExpression' && /export\s+default\s+$/.test(text.slice(0, call.start));
  splices.remove(close.start, close.end + (wasDeclared && text[close.end] === ';' ? 1 : 0));
}

function callsOf({ program }: Source, name: string): SyntaxNode[] {
  const calls: SyntaxNode[] = [];
  walk(program, (node) => {
    if (isCallOf(node, name) && nodesIn(node, 'arguments').length === 1) calls.push(node);
  });
  return calls;
}

function isAppendedWrap(statement: SyntaxNode, localName: string): boolean {
  const call = nodeIn(nodeIn(statement, 'expression'), 'right');
  const [argument] = nodesIn(call, 'arguments');
  return isCallOf(call, localName) && nodeIn(argument, 'object')?.['name'] === 'module' && nodeIn(argument, 'property')?.['name'] === 'exports';
}

function declaredIn(statement: SyntaxNode | undefined, name: unknown): SyntaxNode | undefined {
  return nodeIn(nodesIn(statement, 'declarations').find((one) => nodeIn(one, 'id')?.['name'] === name), 'init');
}

function isCallOf(node: SyntaxNode | undefined, name: string): boolean {
  return node?.type === 'CallExpression' && nodeIn(node, 'callee')?.['name'] === name;
}
