import { nodeIn, nodesIn, walk, type SyntaxNode } from '../../edits/source';

/** A name that stands in the source where a header or an option is set, with its value where it is written out. */
export interface Sighting {
  /** In lower case: `content-security-policy`, `poweredbyheader`. */
  name: string;
  /** Undefined when the source computes it. */
  value?: string;
  file: string;
  line: number;
}

interface Literals {
  sightings: Sighting[];
  /** Paths as they are imported or required. */
  imports: string[];
}

/** Methods that read a header, which says nothing of who sets it. */
const READERS = new Set(['get', 'has', 'delete', 'getSetCookie']);

/** Collects from a syntax tree what may set a header: `{ key, value }`, `headers.set(name, value)`, `{ name: value }`. */
export function literalsIn(program: SyntaxNode, file: string): Literals {
  const found: Literals = { sightings: [], imports: [] };
  const sight = (name: string | undefined, value: string | undefined, node: SyntaxNode): void => {
    if (name) found.sightings.push({ name: name.toLowerCase(), value, file, line: node.loc?.start.line ?? 1 });
  };
  walk(program, (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        push(found.imports, textOf(nodeIn(node, 'source')));
        break;
      case 'CallExpression':
        readCall(node, sight, found.imports);
        break;
      case 'ObjectExpression':
        readObject(node, sight);
        break;
    }
  });
  return found;
}

type Sight = (name: string | undefined, value: string | undefined, node: SyntaxNode) => void;

function readCall(node: SyntaxNode, sight: Sight, imports: string[]): void {
  const callee = nodeIn(node, 'callee');
  const [first, second] = nodesIn(node, 'arguments');
  if (callee?.type === 'Identifier' && callee['name'] === 'require') push(imports, textOf(first));
  if (callee?.type === 'Import') push(imports, textOf(first));
  const method = callee?.type === 'MemberExpression' || callee?.type === 'OptionalMemberExpression' ? nameOf(nodeIn(callee, 'property')) : undefined;
  if (method && !READERS.has(method) && second) sight(textOf(first), textOf(second), node);
}

function readObject(node: SyntaxNode, sight: Sight): void {
  const entries = nodesIn(node, 'properties').filter(({ type }) => type === 'ObjectProperty');
  const named = new Map(entries.map((entry) => [nameOf(nodeIn(entry, 'key')), nodeIn(entry, 'value')]));
  const isRule = named.has('key') && named.has('value');
  if (isRule) sight(textOf(named.get('key')), textOf(named.get('value')), node);
  for (const [name, value] of named) if (!isRule && value) sight(name, textOf(value), value);
}

/** What is written out of an expression, as text; a computed part of a template is `…`. */
function textOf(node: SyntaxNode | undefined): string | undefined {
  if (!node) return undefined;
  if (['StringLiteral', 'NumericLiteral', 'BooleanLiteral'].includes(node.type)) return String(node['value']);
  if (node.type === 'TemplateLiteral') {
    return nodesIn(node, 'quasis')
      .map((quasi) => (quasi['value'] as { cooked?: string }).cooked ?? '')
      .join('…');
  }
  if (node.type === 'ArrayExpression') return nodesIn(node, 'elements').map((element) => textOf(element) ?? '…').join(' ');
  if (node.type === 'BinaryExpression') return `${textOf(nodeIn(node, 'left')) ?? '…'}${textOf(nodeIn(node, 'right')) ?? '…'}`;
  return undefined;
}

function nameOf(node: SyntaxNode | undefined): string | undefined {
  return node?.type === 'Identifier' ? String(node['name']) : textOf(node);
}

function push(list: string[], text: string | undefined): void {
  if (text) list.push(text);
}
