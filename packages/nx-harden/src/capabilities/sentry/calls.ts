import { nodeIn, nodesIn, walk, type SyntaxNode } from '../../edits/source';
import { loadedPath } from '../../script-imports';

const SENTRY = /^@sentry\//;

/** Whether a script calls one of Sentry's functions, by whatever name it has taken it in. */
export function callsSentry(program: SyntaxNode, function_: RegExp): boolean {
  const { names, namespaces } = takenFromSentry(program, function_);
  return someCall(program, (callee) => {
    if (callee.type === 'Identifier') return names.has(String(callee['name']));
    const property = nodeIn(callee, 'property');
    return namespaces.has(String(nodeIn(callee, 'object')?.['name'])) && function_.test(String(property?.['name'] ?? property?.['value']));
  });
}

/** Whether a script calls something by one of these names. */
export function callsAny(program: SyntaxNode, names: ReadonlySet<string>): boolean {
  return someCall(program, (callee) => names.has(String(callee['name'])));
}

/** Whether a script takes in, or hands on, something of a package by its name there. */
export function takes(program: SyntaxNode, from: RegExp, name: RegExp): boolean {
  let isFound = false;
  walk(program, (node) => {
    const isFrom = from.test(String(nodeIn(node, 'source')?.['value'] ?? ''));
    isFound ||= isFrom && nodesIn(node, 'specifiers').some((one) => name.test(String((nodeIn(one, 'imported') ?? nodeIn(one, 'local'))?.['name'] ?? '')));
    const property = nodeIn(node, 'property')?.['name'] ?? (node.type === 'ObjectProperty' ? nodeIn(node, 'key')?.['name'] : undefined);
    isFound ||= typeof property === 'string' && name.test(property) && loads(program, from);
    return !isFound;
  });
  return isFound;
}

/** Whether an object of a script has a key, whatever it is an object of. */
export function hasKey(program: SyntaxNode, name: string, value?: unknown): boolean {
  let isFound = false;
  walk(program, (node) => {
    const isIt = node.type === 'ObjectProperty' && (nodeIn(node, 'key')?.['name'] ?? nodeIn(node, 'key')?.['value']) === name;
    isFound ||= isIt && (value === undefined || nodeIn(node, 'value')?.['value'] === value);
    return !isFound;
  });
  return isFound;
}

function loads(program: SyntaxNode, from: RegExp): boolean {
  let isFound = false;
  walk(program, (node) => {
    isFound ||= from.test(loadedPath(node) ?? '') || (node.type === 'ImportDeclaration' && from.test(String(nodeIn(node, 'source')?.['value'])));
    return !isFound;
  });
  return isFound;
}

/** Local names of functions, and of whole modules. */
function takenFromSentry(program: SyntaxNode, function_: RegExp): { names: Set<string>; namespaces: Set<string> } {
  const [names, namespaces] = [new Set<string>(), new Set<string>()];
  walk(program, (node) => {
    if (node.type === 'ImportDeclaration' && SENTRY.test(String(nodeIn(node, 'source')?.['value']))) {
      for (const one of nodesIn(node, 'specifiers')) {
        const local = String(nodeIn(one, 'local')?.['name']);
        if (one.type !== 'ImportSpecifier') namespaces.add(local);
        else if (function_.test(String(nodeIn(one, 'imported')?.['name']))) names.add(local);
      }
    }
    if (node.type !== 'VariableDeclarator' || !SENTRY.test(loadedPath(nodeIn(node, 'init')) ?? '')) return;
    const id = nodeIn(node, 'id');
    if (id?.type === 'Identifier') namespaces.add(String(id['name']));
    for (const property of nodesIn(id, 'properties')) if (function_.test(String(nodeIn(property, 'key')?.['name']))) names.add(String(nodeIn(property, 'value')?.['name']));
  });
  return { names, namespaces };
}

function someCall(program: SyntaxNode, isIt: (callee: SyntaxNode) => boolean): boolean {
  let isFound = false;
  walk(program, (node) => {
    const callee = node.type === 'CallExpression' ? nodeIn(node, 'callee') : undefined;
    isFound ||= callee !== undefined && isIt(callee);
    return !isFound;
  });
  return isFound;
}
