import { nodeIn, nodesIn, walk, type SyntaxNode } from '../../edits/source';

/** A text that a component shows whatever happens. */
export interface StaticText {
  text: string;
  /** 1 to 6 where it is a heading, and the only one of its level. */
  headingLevel?: number;
}

/** The first heading of a piece of JSX whose text is written out, else the first text of any length. */
export function staticTextOf(jsx: SyntaxNode): StaticText | undefined {
  const elements = staticElements(jsx);
  const headings = elements.filter((element) => /^h[1-6]$/.test(nameOf(element)));
  for (const heading of headings) {
    const text = writtenText(heading);
    if (!text) continue;
    const isOnly = headings.filter((other) => nameOf(other) === nameOf(heading)).length === 1;
    return { text, ...(isOnly && { headingLevel: Number(nameOf(heading)[1]) }) };
  }
  const texts = elements.map((element) => writtenText(element) ?? '').filter((text) => text.length >= 3);
  return texts.length > 0 ? { text: texts.sort((a, b) => a.length - b.length).at(-1) ?? '' } : undefined;
}

/** Whether a component of the team's own is shown: it may have a heading of its own. */
export function showsComponents(jsx: SyntaxNode): boolean {
  return staticElements(jsx).some((element) => /^[A-Z]/.test(nameOf(element)));
}

/** Whether there is an element of HTML in it that is there in any case. */
export function showsElements(jsx: SyntaxNode): boolean {
  return staticElements(jsx).some((element) => /^[a-z]/.test(nameOf(element)));
}

/** How many headings of a level stand anywhere in a module, also in what is shown at times. */
export function countHeadings(program: SyntaxNode, level: number): number {
  let count = 0;
  walk(program, (node) => {
    if (node.type === 'JSXElement' && nameOf(node) === `h${level}`) count += 1;
  });
  return count;
}

/** The element and all below it that are there without a condition or a loop. */
function staticElements(node: SyntaxNode): SyntaxNode[] {
  if (node.type === 'ParenthesizedExpression') return staticElements(nodeIn(node, 'expression') ?? node);
  if (node.type !== 'JSXElement' && node.type !== 'JSXFragment') return [];
  if (isHidden(node)) return [];
  // What stands between the tags of a component is shown only if the component does so.
  if (/^[A-Z]/.test(nameOf(node))) return [node];
  return [...(node.type === 'JSXElement' ? [node] : []), ...nodesIn(node, 'children').flatMap(staticElements)];
}

/** What a reader, or a test that reads like one, does not see where it stands. */
function isHidden(node: SyntaxNode): boolean {
  const names = nodesIn(nodeIn(node, 'openingElement'), 'attributes').map((attribute) => nodeIn(attribute, 'name')?.['name']);
  return /^(title|meta|link|dialog|template|script|style|noscript|head)$/.test(nameOf(node)) || names.some((name) => name === 'hidden' || name === 'aria-hidden');
}

function nameOf(element: SyntaxNode): string {
  return String(nodeIn(nodeIn(element, 'openingElement'), 'name')?.['name'] ?? '');
}

/** The text below an element as a reader sees it, when all of it is written out; undefined when a part is computed. */
function writtenText(element: SyntaxNode): string | undefined {
  const parts = nodesIn(element, 'children').map(textOf);
  if (parts.some((part) => part === undefined)) return undefined;
  return parts.join('').replace(/\s+/g, ' ').trim() || undefined;
}

function textOf(node: SyntaxNode): string | undefined {
  if (node.type === 'JSXText') return jsxText(String(node['value']));
  if (node.type === 'JSXExpressionContainer') {
    const expression = nodeIn(node, 'expression');
    if (expression?.type === 'StringLiteral') return String(expression['value']);
    return expression?.type === 'JSXEmptyExpression' ? '' : undefined;
  }
  if (node.type !== 'JSXElement' || !/^[a-z]/.test(nameOf(node)) || isHidden(node)) return undefined;
  // A line break is white space to a reader, and not to textContent.
  if (nameOf(node) === 'br') return undefined;
  const parts = nodesIn(node, 'children').map(textOf);
  return parts.some((part) => part === undefined) ? undefined : parts.join('');
}

/** White space with a line break in it is layout of the source; other white space is text. */
function jsxText(value: string): string {
  const lines = value.split(/\r?\n/);
  return lines
    .map((line, index) => {
      const start = index === 0 ? line : line.trimStart();
      return index === lines.length - 1 ? start : start.trimEnd();
    })
    .filter((line, index) => line !== '' || (lines.length === 1 && index === 0))
    .join(' ');
}
