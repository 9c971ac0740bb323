import type { Part, ScriptGraph } from './layout-graph';
import { nodeIn, nodesIn, walk, type Source, type SyntaxNode } from './source';

/** A part, with the functions around it, whose constants it may name. */
interface Scoped extends Part {
  scope: readonly SyntaxNode[];
}

/** The elements that a component comes to: by what it returns, and by the components that are rendered in that. What it merely names, or hands to a function, is not on the page. */
export function renderedBy(graph: ScriptGraph, start: ReturnType<ScriptGraph['exported']>): Part[] {
  const elements: Part[] = [];
  const seen = { component: new Set<SyntaxNode>(), value: new Set<SyntaxNode>() };

  const resolved = (name: SyntaxNode, from: Scoped): Scoped[] => {
    for (const [index, fn] of from.scope.entries()) {
      const own = declaredIn(fn, String(name['name']));
      if (own.length > 0) return own.map((node) => ({ source: from.source, node, scope: from.scope.slice(index) }));
    }
    return targets(graph.referredTo(from.source, name));
  };
  const targets = (found: ReturnType<ScriptGraph['exported']>): Scoped[] => found.flatMap((one) => ('node' in one ? [{ ...one, scope: [] }] : []));

  /** What stands for a component: a function or a class, by whatever it was wrapped. */
  const component = (part: Scoped): void => {
    const { source, node, scope } = part;
    if (seen.component.has(node)) return;
    seen.component.add(node);
    const as = (child: SyntaxNode | undefined): void => void (child && component({ source, node: child, scope }));
    if (isFunction(node)) for (const one of returnedBy(part)) {
      value(one);
      component(one);
    }
    else if (/^Class/.test(node.type)) nodesIn(nodeIn(node, 'body'), 'body').filter((one) => nodeIn(one, 'key')?.['name'] === 'render').forEach((method) => as(method.type === 'ClassMethod' ? method : nodeIn(method, 'value')));
    else if (/Identifier$|^(JSX)?MemberExpression$/.test(node.type)) resolved(node, part).forEach(component);
    else if (node.type === 'CallExpression') {
      for (const loaded of loadedNames(graph, source, node)) targets(loaded).forEach(component);
      [nodeIn(node, 'callee'), ...nodesIn(node, 'arguments')].forEach(as);
    } else for (const key of ['init', 'right', 'expression', 'consequent', 'alternate', 'left']) as(nodeIn(node, key));
  };

  /** What stands where React renders it. */
  const value = (part: Scoped): void => {
    const { source, node, scope } = part;
    if (seen.value.has(node)) return;
    seen.value.add(node);
    const as = (child: SyntaxNode | undefined): void => void (child && value({ source, node: child, scope }));
    if (node.type === 'JSXElement' || node.type === 'JSXFragment') {
      const opening = nodeIn(node, 'openingElement');
      if (node.type === 'JSXElement') elements.push({ source, node });
      const name = nodeIn(opening, 'name');
      const isPlain = name?.type === 'JSXIdentifier' && /^[a-z]/.test(String(name['name']));
      if (name && !isPlain) component({ source, node: name, scope });
      // What an attribute of HTML has is text, such as the `srcDoc` of a frame.
      if (!isPlain) nodesIn(opening, 'attributes').forEach((attribute) => as(nodeIn(attribute, 'value')));
      nodesIn(node, 'children').forEach(as);
    } else if (isFunction(node)) returnedBy(part).forEach(value);
    else if (node.type === 'Identifier') resolved(node, part).filter((one) => !isFunction(nodeIn(one.node, 'init') ?? one.node)).forEach(value);
    else if (node.type === 'CallExpression') {
      const callee = nodeIn(node, 'callee');
      if (callee) (isFunction(callee) ? [{ source, node: callee, scope }] : resolved(callee, part)).forEach(called);
      nodesIn(node, 'arguments').filter(isFunction).forEach(as);
    } else {
      for (const key of ['init', 'right', 'left', 'expression', 'argument', 'consequent', 'alternate']) as(nodeIn(node, key));
      for (const key of ['elements', 'expressions']) nodesIn(node, key).forEach(as);
    }
  };

  const called = (part: Scoped): void => {
    const fn = nodeIn(part.node, 'init') ?? part.node;
    if (isFunction(fn)) value({ ...part, node: fn });
  };

  targets(start).forEach(component);
  return elements;
}

/** What a function returns, its own functions aside. */
function returnedBy({ source, node: fn, scope }: Scoped): Scoped[] {
  const body = nodeIn(fn, 'body');
  const inner = [fn, ...scope];
  if (!body || isOnServer(fn)) return [];
  if (body.type !== 'BlockStatement') return [{ source, node: body, scope: inner }];
  const returned: Scoped[] = [];
  walk(body, (node) => {
    if (isFunction(node)) return false;
    const argument = node.type === 'ReturnStatement' ? nodeIn(node, 'argument') : undefined;
    if (argument) returned.push({ source, node: argument, scope: inner });
    return undefined;
  });
  return returned;
}

/** What a name may stand for in a function: its constants and functions, and what is assigned. */
function declaredIn(fn: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const body = nodeIn(fn, 'body');
  if (body) {
    walk(body, (node) => {
      const named = nodeIn(node, node.type === 'AssignmentExpression' ? 'left' : 'id');
      if (/^(VariableDeclarator|AssignmentExpression|FunctionDeclaration)$/.test(node.type) && named?.type === 'Identifier' && named['name'] === name) found.push(node);
      return !isFunction(node);
    });
  }
  return found;
}

/** The `import()` in a call such as `dynamic(() => import('./shell'))`. */
function importedIn(call: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  walk(call, (node) => void (node.type === 'CallExpression' && nodeIn(node, 'callee')?.type === 'Import' && found.push(node)));
  return found;
}

/** What is taken of an imported script: the names that are read in the call, else its default. */
function loadedNames(graph: ScriptGraph, source: Source, call: SyntaxNode): ReturnType<ScriptGraph['exported']>[] {
  const files = importedIn(call).flatMap((one) => graph.referredTo(source, one)).flatMap((one) => ('node' in one ? [one.source.path] : []));
  const names = new Set<string>(['default']);
  walk(call, (node) => {
    const name = nodeIn(node, node.type === 'MemberExpression' ? 'property' : 'key')?.['name'];
    if (typeof name === 'string') names.add(name);
  });
  return files.flatMap((file) => [...names].map((name) => graph.exported(file, name)));
}

function isOnServer(fn: SyntaxNode): boolean {
  return nodesIn(nodeIn(fn, 'body'), 'directives').some((one) => nodeIn(one, 'value')?.['value'] === 'use server');
}

function isFunction({ type }: SyntaxNode): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassMethod|ObjectMethod)$/.test(type);
}
