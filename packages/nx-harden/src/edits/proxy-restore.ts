import type MagicString from 'magic-string';
import { exportedName, findProxyExport, type ProxyExport } from './proxy-export';
import { CONFIG } from './proxy-matcher';
import { readSeam } from './proxy-seam';
import type { SeamImport } from './seam-import';
import { nodeIn, nodesIn, openSource, spliceSource, type Source, type SyntaxNode } from './source';

/**
 * Gives an export back its shape where the limiter took more than a call around it: an export of another file's, a
 * pattern, a specifier, a property. The text as it is where there is no such shape; undefined when it cannot be done.
 */
export function restoreShape(source: Source, originals: readonly string[]): string | undefined {
  const exported = findProxyExport(source);
  const seam = readSeam(source, exported);
  const [handler] = nodesIn(seam.call, 'arguments');
  if (!seam.call || !seam.imported || handler?.type !== 'Identifier') return source.text;
  const name = String(handler['name']);
  if (!isAsMade(source, seam.call, seam.imported.localName, name)) return source.text;
  const found: Found = { source, exported, imported: seam.imported, call: seam.call, name, originals };
  return restoreReexport(found) ?? restoreBinding(found) ?? restoreSpecifier(found) ?? restoreShorthand(found) ?? source.text;
}

interface Found {
  source: Source;
  exported: ProxyExport;
  imported: SeamImport;
  call: SyntaxNode;
  /** What the limiter is around, which is a name. */
  name: string;
  originals: readonly string[];
}

/** `import { auth } …` and `export const proxy = withRateLimit(auth)` become `export { auth as proxy } …` again. */
function restoreReexport({ source, exported, imported, call, name, originals }: Found): string | undefined {
  const original = originals.map(reexportIn).find((one) => one !== undefined);
  const body = nodesIn(source.program, 'body');
  const imports = body.find((one) => one.type === 'ImportDeclaration' && nodesIn(one, 'specifiers').some((specifier) => nodeIn(specifier, 'local')?.['name'] === name));
  const exporting = body.find((one) => one.start <= call.start && call.end <= one.end);
  if (!original || !imports || !exporting || exported.kind !== 'expression' || exported.node !== call) return undefined;
  const specifiers = nodesIn(imports, 'specifiers');
  if (!isPlainExport(source, exporting, call) || hasComment(source, imports)) return undefined;
  const usedBeside = source.tokens.some(({ text, start }) => text === name && !within(start, imports) && !within(start, exporting));
  const seam = imported.statement;
  const isSeamElsewhere = source.tokens.filter(({ text }) => text === imported.localName).length !== 2 || nodesIn(seam, 'specifiers').length !== 1;
  if (specifiers.length !== 1 || usedBeside || isSeamElsewhere) return undefined;

  const from = nodeIn(imports, 'source');
  const others = body.find((one) => one.type === 'ExportNamedDeclaration' && nodeIn(one, 'source')?.['value'] === from?.['value']);
  const brought = specifiers[0]?.type === 'ImportDefaultSpecifier' ? 'default' : String(nodeIn(specifiers[0], 'imported')?.['name']);
  // The team may have written another export since, which only looks alike.
  if (!original.pairs.includes(`${brought} ${exported.name}`)) return undefined;
  const specifier = brought === exported.name ? brought : `${brought} as ${exported.name}`;
  const kept = others ? nodesIn(others, 'specifiers').map(pairOf) : [];
  const isAsBefore = !(others && hasComment(source, others)) && original.from === from?.['value'] && sameMembers(original.pairs, [`${brought} ${exported.name}`, ...kept]);
  const written = isAsBefore ? original.text : others ? undefined : `export { ${specifier} } from ${source.text.slice(from?.start, imports.end)}`;

  return spliceSource(
    source,
    (splices) => {
      const place = others ?? imports;
      const [first] = nodesIn(others, 'specifiers');
      if (written !== undefined) splices.overwrite(place.start, place.end, written);
      else if (first) splices.appendRight(first.start, `${specifier}, `);
      removeStatement(splices, source, exporting, 'above');
      if (!others) return isNextTo(source, imports, seam) ? removeStatement(splices, source, seam, 'above') : undefined;
      if (isNextTo(source, imports, seam) && isNextTo(source, seam, others)) splices.remove(imports.start, others.start);
      else removeStatement(splices, source, imports, 'below');
    },
    [imports, exporting, ...(others && written !== undefined ? [others] : []), seam],
  );
}

/** `const { auth: unlimitedProxy } = …` becomes `export const { auth: proxy } = …` again, and the constant below goes. */
function restoreBinding({ source, exported, call, name, originals }: Found): string | undefined {
  if (!('name' in exported) || exported.name === 'default' || !/^unlimited(Proxy|Middleware)\d*$/.test(name)) return undefined;
  const body = nodesIn(source.program, 'body');
  const exporting = body.find((one) => one.start <= call.start && call.end <= one.end);
  const declaring = body.find((one) => one !== exporting && nodesIn(nodeIn(one, 'declaration') ?? one, 'declarations').some((declarator) => bindsTo(declarator, name)));
  const declaration = nodeIn(declaring, 'declaration') ?? declaring;
  const token = source.tokens.find(({ text, start }) => text === name && declaring && within(start, declaring));
  if (!exporting || !declaring || !declaration || !token || source.tokens.filter(({ text }) => text === name).length !== 2) return undefined;
  if (!isPlainExport(source, exporting, call)) return undefined;
  const published = exported.name;
  const id: SyntaxNode = { type: 'Span', start: token.start, end: token.end };
  // `{ proxy: unlimitedProxy }` stood as `{ proxy }` before, where the record says so.
  const long = new RegExp(`\\b${published}\\s*:\\s*$`).exec(source.text.slice(0, token.start));
  const wasShort = long && originals.some((one) => new RegExp(`[{,]\\s*${published}\\s*[,}]`).test(one));
  if (wasShort) id.start -= long[0].length;
  return spliceSource(
    source,
    (splices) => {
      splices.overwrite(id.start, id.end, published);
      if (declaring === declaration) splices.appendRight(declaring.start, 'export ');
      removeStatement(splices, source, exporting, 'above');
    },
    [id, exporting],
  );
}

/** `export { limitedProxy as proxy }` becomes `export { auth as proxy }` again, and the constant goes. */
function restoreSpecifier({ source, exported, call, name }: Found): string | undefined {
  if (exported.kind !== 'specifier') return undefined;
  const { local, specifier } = exported;
  const limited = String(local['name']);
  const declaring = nodesIn(source.program, 'body').find((one) => nodesIn(one, 'declarations').length === 1 && nodeIn(nodesIn(one, 'declarations')[0], 'init') === call);
  const usedBeside = source.tokens.filter(({ text }) => text === limited).length !== 2;
  if (!/^limited(Proxy|Middleware)\d*$/.test(limited) || !declaring || usedBeside || !isPlainExport(source, declaring, call)) return undefined;
  const replaced = exportedName(specifier) === name ? specifier : local;
  return spliceSource(
    source,
    (splices) => {
      splices.overwrite(replaced.start, replaced.end, name);
      removeStatement(splices, source, declaring, exported.statement.start > declaring.start && isNextTo(source, declaring, exported.statement) ? 'below' : 'above');
    },
    [replaced, declaring],
  );
}

/** `middleware: withRateLimit(middleware)` becomes `middleware` again. */
function restoreShorthand({ source, exported, call, name, originals }: Found): string | undefined {
  if (exported.kind !== 'expression' || exported.module !== 'cjs' || exported.name !== name || !originals.includes(name)) return undefined;
  const before = new RegExp(`\\b${name}\\s*:\\s*$`).exec(source.text.slice(0, call.start));
  if (!before) return undefined;
  const gone: SyntaxNode = { type: 'Span', start: before.index + name.length, end: call.end };
  return spliceSource(source, (splices) => void splices.remove(gone.start, gone.end), [gone]);
}

interface Reexport {
  text: string;
  from: unknown;
  /** What is exported, as `imported exported`. */
  pairs: string[];
}

function reexportIn(text: string): Reexport | undefined {
  const source = text.startsWith('export') ? openSource('original.ts', text) : undefined;
  if (!source || 'failure' in source) return undefined;
  const [statement] = nodesIn(source.program, 'body');
  const from = nodeIn(statement, 'source');
  return from && { text, from: from['value'], pairs: nodesIn(statement, 'specifiers').map(pairOf) };
}

function pairOf(specifier: SyntaxNode): string {
  return `${String(nodeIn(specifier, 'local')?.['name'])} ${exportedName(specifier) ?? ''}`;
}

/** Whether a call reads as it was made, so that nothing of the team's goes with it. */
function isAsMade({ tokens }: Source, call: SyntaxNode, localName: string, handler: string): boolean {
  const text = tokens.filter(({ start }) => within(start, call)).map((token) => token.text).join(' ');
  return [`${localName} ( ${handler}`, `${localName} ( ${handler} , ( ) => ${CONFIG}`].some((made) => text === `${made} )` || text === `${made} , )`);
}

/** Whether a statement is the call and its name alone: no type, no comment, no other constant. */
function isPlainExport({ tokens }: Source, statement: SyntaxNode, call: SyntaxNode): boolean {
  const outside = tokens.filter(({ start }) => within(start, statement) && !within(start, call)).map(({ text }) => text);
  return /^(export default|(export )?const [\w$]+ =)( ;)?$/.test(outside.join(' '));
}

function hasComment({ tokens }: Source, node: SyntaxNode): boolean {
  return tokens.some(({ isComment, start }) => isComment && within(start, node));
}

function sameMembers(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((member) => other.includes(member));
}

function within(offset: number, { start, end }: SyntaxNode): boolean {
  return offset >= start && offset < end;
}

function bindsTo(declarator: SyntaxNode, name: string): boolean {
  const id = nodeIn(declarator, 'id');
  return id?.['name'] === name || nodesIn(id, 'properties').some((property) => nodeIn(property, 'value')?.['name'] === name);
}

/** Whether nothing but white space stands between a statement and a later one. */
function isNextTo({ text }: Source, one: SyntaxNode, other: SyntaxNode): boolean {
  return one.end <= other.start && text.slice(one.end, other.start).trim() === '';
}

/** Removes a statement with the line ends that came with it: those between it and its neighbour. */
function removeStatement(splices: MagicString, source: Source, statement: SyntaxNode, neighbour: 'above' | 'below'): void {
  const { text } = source;
  if (neighbour === 'below') {
    splices.remove(statement.start, statement.end + (/^[ \t]*(\r?\n)*/.exec(text.slice(statement.end))?.[0].length ?? 0));
    return;
  }
  splices.remove(statement.start - (/(\r?\n)*$/.exec(text.slice(0, statement.start))?.[0].length ?? 0), statement.end);
}
