import type MagicString from 'magic-string';
import { appendChild, childSpans, indentAt, indentLines, isFirstOnLine, stepOf, type Put } from './layout-children';
import { withParentheses } from './layout-restore';
import { styleOf } from './script-style';
import { nodeIn, nodesIn, walk, type Source, type SyntaxNode } from './source';

/** What Next hands to `_app` and it renders: the page. */
const PAGE = 'Component';

/** The expressions that a component returns with the page in them. */
export function pageExpressions(root: SyntaxNode): SyntaxNode[] {
  const component = componentIn(root);
  if (!component) return [];
  const returned = returnedBy(component);
  const withPage = returned.filter(rendersPage);
  // The page may have been put into a constant before.
  return withPage.length > 0 ? withPage : returned.length === 1 ? returned : [];
}

/** Puts an element beside the page: into what can hold one more, else into a fragment around all. Returns what was there. */
export function putBesidePage(splices: MagicString, source: Source, expression: SyntaxNode, element: string): Put {
  const container = containerIn(source, expression);
  if (container) return appendChild(splices, source, container, element);
  const { text } = source;
  const { eol } = styleOf(source);
  const step = stepOf(source);
  const outer = withParentheses(source, expression);
  const isParenthesized = outer.start < expression.start;
  const isOnOwnLines = isParenthesized && isFirstOnLine(text, expression.start);
  const base = indentAt(text, expression.start);
  const indent = isOnOwnLines ? base : base + step;
  const isJsx = /^JSX/.test(expression.type);
  indentLines(splices, source, { start: expression.start, end: expression.end }, isOnOwnLines ? step : step + step);
  const open = isOnOwnLines ? '' : `${isParenthesized ? '' : '('}${eol}${indent}`;
  const close = isOnOwnLines ? '' : `${eol}${base}${isParenthesized ? '' : ')'}`;
  splices.appendRight(expression.start, `${open}<>${eol}${indent}${step}${isJsx ? '' : '{'}`);
  splices.appendLeft(expression.end, `${isJsx ? '' : '}'}${eol}${indent}${step}${element}${eol}${indent}</>${close}`);
  return { holder: expression, original: text.slice(outer.start, outer.end) };
}

/** What may hold one more child: a fragment, an element of HTML, or a component that holds several already. One that holds the page alone may take no other. */
function containerIn(source: Source, node: SyntaxNode | undefined): SyntaxNode | undefined {
  if (node?.type === 'JSXFragment') return node;
  if (node?.type !== 'JSXElement' || isPage(node)) return undefined;
  const children = nodesIn(node, 'children').filter(({ type }) => type !== 'JSXText');
  if (isFragment(node) || /^[a-z]/.test(elementName(node)) || childSpans(source, node).length > 1) return nodeIn(node, 'closingElement') ? node : undefined;
  return children.length === 1 ? containerIn(source, children[0]) : undefined;
}

function componentIn(root: SyntaxNode): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  const visit = (node: SyntaxNode, functions: readonly SyntaxNode[]): void => {
    walk(node, (one) => {
      if (found || one === node) return undefined;
      if (isFunction(one)) {
        visit(one, [one, ...functions]);
        return false;
      }
      if (isPage(one)) found = functions.find((candidate) => brings(candidate, pageRoot(one))) ?? functions.at(-1);
      return undefined;
    });
  };
  visit(root, isFunction(root) ? [root] : []);
  return found;
}

/** Whether a function has the page as its own: by a parameter, or by a constant in it. */
function brings(fn: SyntaxNode, name: string): boolean {
  const names: unknown[] = [];
  const collect = (pattern: SyntaxNode | undefined): void => void (pattern && walk(pattern, (node) => void (node.type === 'Identifier' && names.push(node['name']))));
  nodesIn(fn, 'params').forEach(collect);
  for (const statement of nodesIn(nodeIn(fn, 'body'), 'body')) for (const one of nodesIn(statement, 'declarations')) collect(nodeIn(one, 'id'));
  return name === 'this' ? fn.type === 'ClassMethod' : names.includes(name);
}

function returnedBy(fn: SyntaxNode): SyntaxNode[] {
  const body = nodeIn(fn, 'body');
  if (body && body.type !== 'BlockStatement') return [body];
  const returned: SyntaxNode[] = [];
  if (body) {
    walk(body, (node) => {
      if (isFunction(node)) return false;
      const argument = node.type === 'ReturnStatement' ? nodeIn(node, 'argument') : undefined;
      if (argument && argument.type !== 'NullLiteral') returned.push(argument);
      return undefined;
    });
  }
  return returned;
}

function rendersPage(expression: SyntaxNode): boolean {
  let isFound = false;
  walk(expression, (node) => {
    isFound ||= isPage(node);
  });
  return isFound;
}

function isPage(node: SyntaxNode): boolean {
  return node.type === 'JSXElement' && elementName(node).split('.').at(-1) === PAGE;
}

/** What the page is a property of, or its own name. */
function pageRoot(element: SyntaxNode): string {
  return elementName(element).split('.')[0] ?? PAGE;
}

function isFragment(node: SyntaxNode): boolean {
  return ['Fragment', 'React.Fragment'].includes(elementName(node));
}

function elementName(element: SyntaxNode): string {
  return nameOf(nodeIn(nodeIn(element, 'openingElement'), 'name'));
}

function nameOf(node: SyntaxNode | undefined): string {
  const object = nodeIn(node, 'object');
  if (object) return `${nameOf(object)}.${nameOf(nodeIn(node, 'property'))}`;
  return node?.type === 'ThisExpression' ? 'this' : String(node?.['name'] ?? '');
}

function isFunction({ type }: SyntaxNode): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassMethod|ObjectMethod)$/.test(type);
}
