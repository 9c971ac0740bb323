import { nodeIn, nodesIn, type Source, type SyntaxNode } from './source';

/** What a script exports under a name: a function written out in it, nothing, or something that cannot be looked into. */
export type ExportedFunction = { kind: 'function'; node: SyntaxNode; isAnnotated: boolean } | { kind: 'absent' } | { kind: 'unknown'; why: string };

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];
/** Of functions that take a component and return one with the same props. */
const WRAPPERS = /^(memo|forwardRef|observer|withErrorBoundary)$/;

/** Finds the function that a module exports under a name, `default` included. */
export function exportedFunction({ program, text }: Source, name: string): ExportedFunction {
  const body = nodesIn(program, 'body');
  if (/\bmodule\.exports\b|\bexports\.\w+\s*=/.test(text)) return { kind: 'unknown', why: 'it is a CommonJS module' };
  for (const statement of body) {
    if (name === 'default' && statement.type === 'ExportDefaultDeclaration') return functionOf(program, nodeIn(statement, 'declaration'));
    if (statement.type !== 'ExportNamedDeclaration') continue;
    const declaration = nodeIn(statement, 'declaration');
    const declared = declarationOf(declaration, name);
    if (declared) return functionOf(program, declared);
    const specifier = nodesIn(statement, 'specifiers').find((one) => nameOf(nodeIn(one, 'exported')) === name);
    if (!specifier) continue;
    if (nodeIn(statement, 'source')) return { kind: 'unknown', why: 'it comes from another file' };
    return functionOf(program, nodeIn(specifier, 'local'));
  }
  const isOpen = body.some(({ type }) => type === 'ExportAllDeclaration');
  return isOpen ? { kind: 'unknown', why: 'it may come from another file' } : { kind: 'absent' };
}

function functionOf(program: SyntaxNode, node: SyntaxNode | undefined): ExportedFunction {
  if (!node) return { kind: 'unknown', why: 'it is not a function that is written out' };
  if (FUNCTIONS.includes(node.type)) return { kind: 'function', node, isAnnotated: nodeIn(node, 'returnType') !== undefined };
  if (node.type === 'VariableDeclarator') {
    const found = functionOf(program, nodeIn(node, 'init'));
    // `const register: () => void = …` says what it returns as well.
    const isAnnotated = nodeIn(nodeIn(node, 'id'), 'typeAnnotation') !== undefined;
    return found.kind === 'function' ? { ...found, isAnnotated: found.isAnnotated || isAnnotated } : found;
  }
  if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression') {
    const found = functionOf(program, nodeIn(node, 'expression'));
    return found.kind === 'function' ? { ...found, isAnnotated: true } : found;
  }
  if (node.type === 'CallExpression') {
    const callee = nodeIn(node, 'callee');
    const wrapper = nameOf(callee) ?? nameOf(nodeIn(callee, 'property'));
    return functionOf(program, wrapper && WRAPPERS.test(wrapper) ? nodesIn(node, 'arguments')[0] : undefined);
  }
  if (node.type !== 'Identifier') return functionOf(program, undefined);
  const local = String(node['name']);
  const declared = nodesIn(program, 'body').map((statement) => declarationOf(nodeIn(statement, 'declaration') ?? statement, local)).find(Boolean);
  return functionOf(program, declared);
}

/** The function or the declarator that declares a name. */
function declarationOf(node: SyntaxNode | undefined, name: string): SyntaxNode | undefined {
  if (node?.type === 'FunctionDeclaration') return nameOf(nodeIn(node, 'id')) === name ? node : undefined;
  return nodesIn(node, 'declarations').find((one) => nameOf(nodeIn(one, 'id')) === name);
}

function nameOf(node: SyntaxNode | undefined): string | undefined {
  return (node?.['name'] ?? node?.['value']) as string | undefined;
}
