import type MagicString from 'magic-string';
import { readMatcher } from './proxy-matcher';
import { removeEntries } from './proxy-matcher-edit';
import { restoreShape } from './proxy-restore';
import { findLimitImport } from './proxy-seam';
import { removeSeamImport } from './seam-import';
import { cutSource, nodeIn, nodesIn, openSource, walk, type Source, type SyntaxNode } from './source';

/** Takes the limiter, its import and its sources out of a file. Undefined when something of the user's would go with them. */
export function unwrapProxy(source: Source, sources: readonly string[], originals: readonly string[]): string | undefined {
  const areAdded = hasAdded(source, originals);
  const text = restoreShape(source, originals);
  const restored = text === undefined ? undefined : openSource(source.path, text);
  if (!restored || 'failure' in restored) return undefined;
  const imported = findLimitImport(restored);
  return cutSource(
    restored,
    (splices) => {
      if (areAdded) removeOurSources(splices, restored, sources, originals);
      if (!imported) return;
      removeSeamImport(splices, restored, imported);
      for (const call of callsOf(restored, imported.localName)) removeCall(splices, restored, call, originals);
    },
    imported ? [imported.localName] : [],
  );
}

/** Whether sources of ours were added: the limiter gets the config for their sake, or it is recorded that the matcher was changed. */
function hasAdded(source: Source, originals: readonly string[]): boolean {
  const imported = findLimitImport(source);
  const isHanded = imported !== undefined && callsOf(source, imported.localName).some((call) => nodesIn(call, 'arguments').length > 1);
  return isHanded || originals.some(isMatcher);
}

function isMatcher(original: string): boolean {
  return /^[['"`]/.test(original);
}

function removeOurSources(splices: MagicString, source: Source, sources: readonly string[], originals: readonly string[]): void {
  const matcher = readMatcher(source);
  if (matcher.kind !== 'literal') return;
  removeEntries(splices, source, matcher.node, sources, originals.find(isMatcher));
}

/** Removes `name(`, what stands behind the handler, and `)`, with the white space that a formatter has put inside. */
function removeCall(splices: MagicString, { text, tokens }: Source, call: SyntaxNode, originals: readonly string[]): void {
  const callee = nodeIn(call, 'callee');
  const [handler] = nodesIn(call, 'arguments');
  const inside = tokens.filter(({ start, end }) => start >= call.start && end <= call.end);
  const open = inside.find(({ text: token, start }) => token === '(' && start >= (callee?.end ?? 0));
  const close = inside.at(-1);
  if (!handler || !open || !close) return;
  const first = inside[inside.indexOf(open) + 1];
  // Parentheses and comments around the handler are the user's and stay.
  const behind = inside.find(({ text: token, start }) => token === ',' && start >= handler.end);
  const last = inside.filter(({ end }) => end <= (behind?.start ?? close.start)).at(-1);
  const head = declarationHead(text, call, handler, originals);
  splices.remove(head ?? call.start, first?.start ?? open.end);
  if (last) splices.remove(last.end, close.start);
  const becomesDeclaration = head !== undefined || (handler.type === 'FunctionExpression' && /export\s+default\s+$/.test(text.slice(0, call.start)));
  splices.remove(close.start, close.end + (becomesDeclaration && text[close.end] === ';' ? 1 : 0));
}

/** Where `const proxy = ` begins in front of a call whose function was declared under that name, as is recorded. */
function declarationHead(text: string, call: SyntaxNode, handler: SyntaxNode, originals: readonly string[]): number | undefined {
  const name = nodeIn(handler, 'id')?.['name'];
  const head = /export\s+(const\s+([\w$]+)\s*=\s*)$/.exec(text.slice(0, call.start));
  const wasDeclared = originals.some((one) => /^(async\s+)?function\b/.test(one) && one.endsWith(String(name)));
  return handler.type === 'FunctionExpression' && head?.[1] !== undefined && head[2] === name && wasDeclared ? call.start - head[1].length : undefined;
}

function callsOf({ program }: Source, name: string): SyntaxNode[] {
  const calls: SyntaxNode[] = [];
  walk(program, (node) => {
    const count = nodesIn(node, 'arguments').length;
    if (node.type === 'CallExpression' && nodeIn(node, 'callee')?.['name'] === name && (count === 1 || count === 2)) calls.push(node);
  });
  return calls;
}
