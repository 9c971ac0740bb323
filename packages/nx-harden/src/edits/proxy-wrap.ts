import { basename } from 'node:path';
import type MagicString from 'magic-string';
import type { ProxyExport } from './proxy-export';
import type { AddedMatcher } from './proxy-entry';
import { CONFIG } from './proxy-matcher';
import { addEntries } from './proxy-matcher-edit';
import { LIMIT, LIMIT_PATH } from './proxy-seam';
import { styleOf } from './script-style';
import { addSeamImport, endOfLine, freeName, seamImportLine } from './seam-import';
import { nodeIn, nodesIn, spliceSource, type Source, type SyntaxNode } from './source';

export type KnownExport = Exclude<ProxyExport, { kind: 'unknown' }>;

/** What is added to the matcher: where, and what. */
export interface Addition {
  node: SyntaxNode;
  matchers: readonly AddedMatcher[];
}

interface Wrap {
  source: Source;
  splices: MagicString;
  /** What the limiter is called in this file. */
  localName: string;
  /** What stands behind the handler in the call. */
  rest: string;
  replaced: SyntaxNode[];
  originals: string[];
}

/** Puts the limiter around what Next runs, and its entries into the matcher. Undefined when something else would have changed. */
export function wrapProxy(source: Source, exported: KnownExport, addition: Addition | undefined): { text: string; originals: string[] } | undefined {
  const originals: string[] = [];
  const replaced: SyntaxNode[] = [];
  const text = spliceSource(
    source,
    (splices) => {
      const wrap: Wrap = { source, splices, localName: freeName(source, LIMIT), rest: addition ? `, () => ${CONFIG}` : '', replaced, originals };
      if (exported.kind !== 'reexport') {
        const usedAt = 'node' in exported ? exported.node.start : exported.statement.start;
        addSeamImport(splices, source, { name: LIMIT, localName: wrap.localName, path: LIMIT_PATH, style: importStyleOf(source), usedAt });
      }
      wrapExport(wrap, exported);
      if (addition) extendMatcher(splices, source, addition, originals);
    },
    replaced,
  );
  return text === undefined ? undefined : { text, originals };
}

/** Adds entries to the matcher of a file that is limited already, and hands the config to the limiter if it is not. */
export function extendProxy(source: Source, call: SyntaxNode, addition: Addition): { text: string; originals: string[] } | undefined {
  const originals: string[] = [];
  const [handler, config] = nodesIn(call, 'arguments');
  const text = spliceSource(source, (splices) => {
    if (handler && !config) splices.appendLeft(handler.end, `, () => ${CONFIG}`);
    extendMatcher(splices, source, addition, originals);
  });
  return text === undefined ? undefined : { text, originals };
}

/** `proxy` or `middleware`: what Next calls the file. */
export function stemOf({ path }: Source): string {
  return basename(path).split('.')[0] ?? 'proxy';
}

/** `require` only in a file that is CommonJS throughout. */
export function importStyleOf({ program, tokens }: Source): 'import' | 'require' {
  const isModule = nodesIn(program, 'body').some(({ type }) => /^(Import|Export|TSExport)/.test(type));
  return !isModule && tokens.some(({ text }) => ['module', 'exports', 'require'].includes(text)) ? 'require' : 'import';
}

function extendMatcher(splices: MagicString, source: Source, { node, matchers }: Addition, originals: string[]): void {
  originals.push(source.text.slice(node.start, node.end));
  addEntries(splices, source, node, matchers);
}

function wrapExport(wrap: Wrap, exported: KnownExport): void {
  const { source, splices, localName, rest } = wrap;
  switch (exported.kind) {
    case 'expression':
      splices.appendRight(exported.node.start, `${localName}(`);
      splices.appendLeft(exported.node.end, `${rest})`);
      break;
    case 'declaration': {
      const { node, name } = exported;
      const id = nodeIn(node, 'id');
      if (name !== 'default' && id) wrap.originals.push(source.text.slice(node.start, id.end));
      splices.appendRight(node.start, `${name === 'default' ? '' : `const ${name} = `}${localName}(`);
      splices.appendLeft(node.end, `${rest})${endOfStatement(source, node.end)}`);
      break;
    }
    case 'binding':
      wrapBinding(wrap, exported);
      break;
    case 'specifier':
      wrapSpecifier(wrap, exported);
      break;
    case 'reexport':
      wrapReexport(wrap, exported);
      break;
    case 'shorthand':
      wrap.originals.push(exported.name);
      splices.appendLeft(exported.node.end, `: ${localName}(${exported.name}${rest})`);
  }
}

/** `export const { auth: proxy } = …` becomes `const { auth: unlimitedProxy } = …`, and a line below it exports. */
function wrapBinding({ source, splices, localName, rest, replaced, originals }: Wrap, { statement, id, property, isOnlyOne, name }: Extract<KnownExport, { kind: 'binding' }>): void {
  const { eol, semicolon } = styleOf(source);
  const unlimited = freeName(source, nameFor('unlimited', name));
  const idEnd = id.start + name.length;
  originals.push(source.text.slice(statement.start, statement.end));
  replaced.push(span(id.start, idEnd));
  splices.overwrite(id.start, idEnd, property?.['shorthand'] === true ? `${name}: ${unlimited}` : unlimited);
  if (isOnlyOne) {
    const declaration = nodeIn(statement, 'declaration');
    const exportEnd = declaration?.start ?? statement.start;
    replaced.push(span(statement.start, exportEnd));
    splices.remove(statement.start, exportEnd);
  }
  splices.appendLeft(endOfLine(source, statement.end), `${eol}export const ${name} = ${localName}(${unlimited}${rest})${semicolon}`);
}

/** `export { auth as proxy }` becomes `export { limitedProxy as proxy }`, with the constant above it or below what it is made of. */
function wrapSpecifier({ source, splices, localName, rest, replaced }: Wrap, { statement, specifier, local, declaredBy }: Extract<KnownExport, { kind: 'specifier' }>): void {
  const { eol, semicolon } = styleOf(source);
  const limited = freeName(source, nameFor('limited', stemOf(source)));
  const handler = String(local['name']);
  const isRenamed = source.text.slice(specifier.start, specifier.end) !== handler;
  replaced.push(local);
  splices.overwrite(local.start, local.end, isRenamed ? limited : `${limited} as ${handler}`);
  const line = `const ${limited} = ${localName}(${handler}${rest})${semicolon}`;
  const isThereBefore = declaredBy.end <= statement.start || /^(Import|Function)/.test((nodeIn(declaredBy, 'declaration') ?? declaredBy).type);
  if (isThereBefore) splices.appendRight(statement.start, line + eol);
  else splices.appendLeft(endOfLine(source, declaredBy.end), eol + line);
}

/** `export { auth as proxy } from '@/auth'` becomes an import of `auth`, that of the limiter, and an export. */
function wrapReexport({ source, splices, localName, rest, replaced, originals }: Wrap, { statement, specifier, name }: Extract<KnownExport, { kind: 'reexport' }>): void {
  const { eol } = styleOf(source);
  // This statement may be the only one in the file that shows the style.
  const semicolon = source.text[statement.end - 1] === ';' ? ';' : '';
  const from = nodeIn(statement, 'source');
  const specifiers = nodesIn(statement, 'specifiers');
  const imported = String(nodeIn(specifier, 'local')?.['name']);
  const handler = handlerName(source, statement, imported, name);
  const clause = imported === 'default' ? handler : `{ ${imported === handler ? imported : `${imported} as ${handler}`} }`;
  const imports = `import ${clause} from ${source.text.slice(from?.start, statement.end)}${eol}${seamImportLine(source, LIMIT, localName, LIMIT_PATH, 'import').replace(/;$/, '')}${semicolon}`;
  const call = `${localName}(${handler}${rest})${semicolon}`;
  const exportLine = eol + eol + (name === 'default' ? `export default ${call}` : `export const ${name} = ${call}`);
  originals.push(source.text.slice(statement.start, statement.end));
  if (specifiers.length === 1) {
    replaced.push(statement);
    splices.overwrite(statement.start, statement.end, imports);
  } else {
    const index = specifiers.indexOf(specifier);
    const [previous, next] = [specifiers[index - 1], specifiers[index + 1]];
    const gap = next ? span(specifier.start, next.start) : span(previous?.end ?? specifier.start, specifier.end);
    replaced.push(gap);
    splices.remove(gap.start, gap.end);
    splices.appendRight(statement.start, imports + eol + eol);
  }
  splices.appendLeft(endOfLine(source, statement.end), exportLine);
}

/** The name under which a handler is imported: its own, where the file does not use that otherwise. */
function handlerName(source: Source, statement: SyntaxNode, imported: string, exported: string): string {
  const outside = { ...source, tokens: source.tokens.filter(({ start, end }) => start < statement.start || end > statement.end) };
  const own = imported === 'default' ? stemOf(source) : imported;
  return freeName(outside, own === exported ? nameFor('unlimited', own) : own);
}

/** `limitedProxy`, `unlimitedMiddleware`. */
export function nameFor(prefix: 'limited' | 'unlimited', name: string): string {
  return `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** What ends a statement here. Without a semicolon, a bracket on the next line would go on with it. */
function endOfStatement(source: Source, offset: number): string {
  const next = source.tokens.find(({ start, isComment }) => !isComment && start >= offset);
  return next && /^[([`+\-/]/.test(next.text) ? ';' : styleOf(source).semicolon;
}

/** A stretch of the text, where an edit replaces no whole node. */
function span(start: number, end: number): SyntaxNode {
  return { type: 'Span', start, end };
}
