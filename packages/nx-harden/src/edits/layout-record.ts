import { childrenOf, shapeOf } from './layout-shape';
import { nodeIn, nodesIn, openSource, walk, type Source, type SyntaxNode } from './source';

/** Something in a file that holds components of ours. */
export interface Holder {
  node: SyntaxNode;
  /** What it looked like before; undefined where the team has gone on from it, or that cannot be told. */
  original?: string;
  /** Whether the original is the holder itself, or what our fragment was put around. */
  isOurFragment: boolean;
}

/** Names of components are recorded beside old texts; this tells them apart. */
export function isName(recorded: string): boolean {
  return /^(Vercel)?(Analytics|SpeedInsights)\w*$/.test(recorded);
}

/** The elements of those names as they were put in: without attributes, as a child of another one. */
export function elementsOf({ program }: Source, names: readonly string[]): SyntaxNode[] {
  const elements: SyntaxNode[] = [];
  walk(program, (parent) => void elements.push(...nodesIn(parent, 'children').filter((child) => isOurs(child, names))));
  return elements;
}

/** What could hold components, in the order of the text, without those of ours: the same list before and after these are cut. */
export function parentsIn({ program }: Source, names: readonly string[]): SyntaxNode[] {
  const parents: SyntaxNode[] = [];
  walk(program, (node) => void (/^JSX(Element|Fragment)$/.test(node.type) && !isOurs(node, names) && parents.push(node)));
  return parents.sort((a, b) => a.start - b.start);
}

/** Whether one of the names is among the children. */
export function holds(parent: SyntaxNode, names: readonly string[]): boolean {
  return nodesIn(parent, 'children').some((child) => isOurs(child, names));
}

/** What holds components of ours, each with its own old text: the record has them in the order of the text. */
export function holdersIn(source: Source, recorded: readonly string[]): Holder[] {
  const names = recorded.filter(isName);
  const originals = recorded.filter((one) => !isName(one));
  const nodes = parentsIn(source, names).filter((parent) => holds(parent, names));
  return nodes.map((node, index) => {
    // Where the team has taken one out or put one in, only a text that no other can be confused with is sure.
    const candidates = nodes.length === originals.length ? originals.slice(index, index + 1) : [...new Set(originals)];
    const matches = candidates.flatMap((original) => {
      const match = matchOf(source, node, names, original);
      return match === undefined ? [] : [{ original, isOurFragment: match === 'around' }];
    });
    const [match, ...others] = matches;
    return { node, isOurFragment: false, ...(others.length === 0 && match) };
  });
}

function matchOf(source: Source, holder: SyntaxNode, names: readonly string[], original: string): 'itself' | 'around' | undefined {
  const wanted = openSource(source.path, `(${original})`);
  if ('failure' in wanted) return undefined;
  const shape = shapeOf(nodeIn(nodesIn(wanted.program, 'body')[0], 'expression') ?? wanted.program);
  if (shapeOf(holder, (node) => isOurs(node, names)) === shape) return 'itself';
  const [child, ...others] = holder.type === 'JSXFragment' ? childrenOf(holder).filter((one) => !isOurs(one, names)) : [];
  const wrapped = child?.type === 'JSXExpressionContainer' ? nodeIn(child, 'expression') : child;
  return wrapped && others.length === 0 && shapeOf(wrapped) === shape ? 'around' : undefined;
}

function isOurs(node: SyntaxNode, names: readonly string[]): boolean {
  const opening = node.type === 'JSXElement' ? nodeIn(node, 'openingElement') : undefined;
  return opening?.['selfClosing'] === true && nodesIn(opening, 'attributes').length === 0 && names.includes(String(nodeIn(opening, 'name')?.['name']));
}
