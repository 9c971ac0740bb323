import type { Condition, MatcherEntry } from './proxy-reach';
import { nodeIn, nodesIn, type Source, type SyntaxNode } from './source';

/** What Next makes of `config.matcher`, which it reads from the text alone. */
export type ProxyMatcher =
  /** No `config`, or no `matcher` in it: Next runs the file on every request. */
  | { kind: 'none' }
  /** `node` is the value as it stands in the file: a string, or a list. Typed, a longer one may not fit it. */
  | { kind: 'literal'; entries: MatcherEntry[]; node: SyntaxNode; isTyped: boolean }
  | { kind: 'dynamic'; why: string };

/** The name by which Next knows the config, and so its name in the file as well. */
export const CONFIG = 'config';

/**
 * Reads the matcher where Next does: in `export const config = {…}` and nowhere else. It passes over `export { config }`,
 * `export let config` and what CommonJS exports, and runs such a file on every request.
 */
export function readMatcher({ program }: Source): ProxyMatcher {
  const declarators = nodesIn(program, 'body')
    .filter(({ type }) => type === 'ExportNamedDeclaration')
    .map((statement) => nodeIn(statement, 'declaration'))
    .filter((declaration) => declaration?.['kind'] === 'const')
    .flatMap((declaration) => nodesIn(declaration, 'declarations'));
  const declarator = declarators.find((one) => nodeIn(one, 'id')?.['name'] === CONFIG);
  const config = nodeIn(declarator, 'init');
  if (!declarator || !config) return { kind: 'none' };
  // Next gives the whole config up for one part that is not written out.
  const obstacle = obstacleIn(config);
  if (obstacle) return { kind: 'dynamic', why: `Next reads \`config\` from the text, and ${obstacle}.` };
  const property = nodesIn(bare(config), 'properties').filter((one) => keyOf(one) === 'matcher').at(-1);
  const node = nodeIn(property, 'value');
  if (!node || bare(node).type === 'Identifier') return { kind: 'none' };
  const entries = entriesOf(node);
  if (!entries) return { kind: 'dynamic', why: 'The matcher is neither a string nor a list of strings and objects with a `source`.' };
  const annotation = nodeIn(nodeIn(nodeIn(declarator, 'id'), 'typeAnnotation'), 'typeAnnotation');
  const types = [...(annotation ? [annotation] : []), ...typesOf(config), ...typesOf(node)];
  return { kind: 'literal', entries, node, isTyped: types.some((type) => !takesAny(type)) };
}

/** The source of an entry, which is a string or an object. */
export function sourceAt(element: SyntaxNode): string | undefined {
  const source = nodesIn(bare(element), 'properties').find((property) => keyOf(property) === 'source');
  return stringIn(element) ?? stringIn(nodeIn(source, 'value'));
}

/** The types that are said of a value by `as` and `satisfies`. */
function typesOf(node: SyntaxNode): SyntaxNode[] {
  const [inside, type] = [nodeIn(node, 'expression'), nodeIn(node, 'typeAnnotation')];
  return inside && type && bare(node) !== node ? [type, ...typesOf(inside)] : [];
}

/** Whether a type is one of Next's, or `const`: these take each kind of entry. */
function takesAny(type: SyntaxNode): boolean {
  const name = nodeIn(type, 'typeName') ?? nodeIn(type, 'qualifier');
  return /^(ProxyConfig|MiddlewareConfig|const)$/.test(String(name?.['name'] ?? nodeIn(name, 'right')?.['name']));
}

function entriesOf(node: SyntaxNode): MatcherEntry[] | undefined {
  const value = bare(node);
  if (value.type !== 'ArrayExpression') {
    const source = stringIn(value);
    return source === undefined ? undefined : [{ source, isConditional: false }];
  }
  const entries = nodesIn(value, 'elements').map((element) => entryIn(bare(element)));
  return entries.every((entry) => entry !== undefined) ? entries : undefined;
}

function entryIn(element: SyntaxNode): MatcherEntry | undefined {
  const source = sourceAt(element);
  const narrowing = nodesIn(element, 'properties').filter((property) => keyOf(property) !== 'source');
  const has = narrowing.length === 1 && keyOf(narrowing[0]) === 'has' ? conditionsIn(nodeIn(narrowing[0], 'value')) : undefined;
  return source === undefined ? undefined : { source, isConditional: narrowing.length > 0, ...(has && { has }) };
}

/** Conditions that are written out as strings throughout. */
function conditionsIn(node: SyntaxNode | undefined): Condition[] | undefined {
  const conditions = nodesIn(node && bare(node), 'elements').map((element) => nodesIn(bare(element), 'properties').map((property) => [keyOf(property), stringIn(nodeIn(property, 'value'))]));
  const isWrittenOut = conditions.length > 0 && conditions.flat(2).every((part) => part !== undefined);
  return isWrittenOut ? conditions.map((properties) => Object.fromEntries(properties) as unknown as Condition) : undefined;
}

function stringIn(node: SyntaxNode | undefined): string | undefined {
  const value = node && bare(node);
  if (value?.type === 'StringLiteral') return String(value['value']);
  if (value?.type !== 'TemplateLiteral') return undefined;
  return (nodesIn(value, 'quasis')[0]?.['value'] as { cooked: string } | undefined)?.cooked;
}

/** What keeps Next from reading a value out of the text, in words that end a sentence; undefined when nothing does. */
function obstacleIn(node: SyntaxNode): string | undefined {
  if ((node['extra'] as { parenthesized?: boolean } | undefined)?.parenthesized) return 'it does not look into parentheses';
  const inside = bare(node);
  if (inside !== node) return obstacleIn(inside);
  switch (node.type) {
    case 'ArrayExpression':
      if ((node['elements'] as unknown[]).includes(null)) return 'a list in it has a hole';
      return firstOf(nodesIn(node, 'elements'));
    case 'ObjectExpression': {
      const properties = nodesIn(node, 'properties');
      const odd = properties.find((property) => property.type !== 'ObjectProperty' || property['shorthand'] === true || property['computed'] === true || keyOf(property) === undefined);
      if (odd && odd.type !== 'SpreadElement') return 'a property in it is not written out';
      return firstOf(properties.map((property) => nodeIn(property, 'value') ?? property));
    }
    case 'SpreadElement':
      return 'there is a spread in it';
    case 'TemplateLiteral':
      return nodesIn(node, 'expressions').length > 0 ? 'a template in it has an expression' : undefined;
    case 'Identifier':
      return node['name'] === 'undefined' ? undefined : `\`${String(node['name'])}\` in it is a name, which it does not follow`;
    default:
      return /^(String|Numeric|Boolean|Null|RegExp)Literal$/.test(node.type) ? undefined : 'a part of it is computed';
  }
}

function firstOf(nodes: readonly SyntaxNode[]): string | undefined {
  return nodes.map(obstacleIn).find((obstacle) => obstacle !== undefined);
}

/** A value without the types that are said about it. */
export function bare(node: SyntaxNode): SyntaxNode {
  const inside = /^TS(As|Satisfies)Expression$|^TSTypeAssertion$/.test(node.type) ? nodeIn(node, 'expression') : undefined;
  return inside ? bare(inside) : node;
}

function keyOf(property: SyntaxNode | undefined): string | undefined {
  const key = nodeIn(property, 'key');
  const name = key?.type === 'StringLiteral' ? key['value'] : key?.['name'];
  return typeof name === 'string' ? name : undefined;
}
