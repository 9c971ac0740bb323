import { nodesIn, type SyntaxNode } from './source';

/** What says where a node stands and how it is written, and not what it is. */
const LAYOUT = new Set(['type', 'start', 'end', 'loc', 'extra', 'range', 'errors', 'tokens', 'comments', 'interpreter']);

/** What a script says, without how it is laid out: two that a formatter makes of each other have the same. `isLeftOut` nodes are passed over. */
export function shapeOf(node: SyntaxNode, isLeftOut: (node: SyntaxNode) => boolean = () => false): string {
  const shape = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.filter((one) => !isNothing(one) && !(isNode(one) && isLeftOut(one))).map(shape);
    if (!isNode(value)) return value;
    if (value.type === 'JSXText') return wordsOf(value);
    const entries = Object.entries(value).filter(([key]) => !LAYOUT.has(key) && !key.endsWith('Comments'));
    return [value.type, ...entries.map(([key, one]) => [key, shape(one)])];
  };
  return JSON.stringify(shape(node));
}

/** The children of an element or a fragment that are more than white space. */
export function childrenOf(parent: SyntaxNode): SyntaxNode[] {
  return nodesIn(parent, 'children').filter((child) => !isNothing(child));
}

function isNothing(value: unknown): boolean {
  return isNode(value) && value.type === 'JSXText' && wordsOf(value) === '';
}

function wordsOf(text: SyntaxNode): string {
  return String(text['value']).replace(/\s+/g, ' ').trim();
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
