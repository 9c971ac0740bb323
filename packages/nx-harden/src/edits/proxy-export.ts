import { basename } from 'node:path';
import { nodeIn, nodesIn, walk, type Source, type SyntaxNode } from './source';

/** Where the function stands that Next runs, and so how it can be wrapped. */
export type ProxyExport =
  /** `export default <expression>`, `export const proxy = <expression>`, `module.exports = <expression>`: wrapped in place. */
  | { kind: 'expression'; node: SyntaxNode; module: 'esm' | 'cjs'; name: string }
  /** `export default function …` and `export function proxy …`: it becomes an expression. */
  | { kind: 'declaration'; node: SyntaxNode; name: string }
  /** A pattern, or a constant of a type of its own: it gets another name, and a constant below it has the exported one. */
  | { kind: 'binding'; statement: SyntaxNode; id: SyntaxNode; property?: SyntaxNode; isOnlyOne: boolean; name: string }
  /** `export { auth as proxy }`: the name in front of `as` is replaced by that of a constant. */
  | { kind: 'specifier'; statement: SyntaxNode; specifier: SyntaxNode; local: SyntaxNode; declaredBy: SyntaxNode; name: string }
  /** `export { auth as proxy } from '@/auth'`: it becomes an import and an export. */
  | { kind: 'reexport'; statement: SyntaxNode; specifier: SyntaxNode; name: string }
  /** `module.exports = { middleware }`: the property gets a value. */
  | { kind: 'shorthand'; node: SyntaxNode; name: string }
  /** `remedy` is what to write instead, where that is known. */
  | { kind: 'unknown'; why: string; remedy?: Remedy };

/** What is wrapped by hand, how it is exported then, and the line that brings it in. */
export interface Remedy {
  handler: string;
  as: 'default' | 'constant' | 'specifier';
  lead?: string;
}

type Unknown = Extract<ProxyExport, { kind: 'unknown' }>;

/** Finds the export that Next takes: the one named as the file, else the default one. */
export function findProxyExport(source: Source): ProxyExport {
  const name = basename(source.path).startsWith('proxy.') ? 'proxy' : 'middleware';
  const body = nodesIn(source.program, 'body');
  if (body.some(({ type }) => /^Export/.test(type))) {
    const named = namedExport(source, body, name);
    if (named) return named;
    // A star brings every name but `default`, and a name wins over the default.
    const star = body.find((statement) => statement.type === 'ExportAllDeclaration' && statement['exportKind'] !== 'type');
    const other = defaultExport(source, body);
    if (!star) return other ?? unknown(`It exports neither \`${name}\` nor a default.`);
    const from = nodeIn(star, 'source');
    const remedy = { handler: 'handler', as: 'constant', lead: `import { ${name} as handler } from ${source.text.slice(from?.start, from?.end)};` } as const;
    return unknown(`\`export *\` may bring a \`${name}\`, ${other ? 'which Next would take instead of the default export' : 'and it is not seen here'}.`, remedy);
  }
  if (body.some(({ type }) => type === 'TSExportAssignment')) return unknown('`export =` is not understood.');
  return commonJsExport(source, body, name);
}

function namedExport(source: Source, body: SyntaxNode[], name: string): ProxyExport | undefined {
  for (const statement of body) {
    if (statement.type !== 'ExportNamedDeclaration' || statement['exportKind'] === 'type') continue;
    const declaration = nodeIn(statement, 'declaration');
    const specifier = nodesIn(statement, 'specifiers').find((one) => exportedName(one) === name);
    if (specifier) return specifierExport(source, body, statement, specifier, name);
    if (nodeIn(declaration, 'id')?.['name'] === name) return declared(source, body, declaration, name);
    const declarators = nodesIn(declaration, 'declarations');
    const declarator = declarators.find((one) => namesIn(nodeIn(one, 'id')).some((id) => id['name'] === name));
    if (declarator && declaration) return variable(source, statement, declaration, declarator, name);
  }
  return undefined;
}

function declared(source: Source, body: SyntaxNode[], declaration: SyntaxNode | undefined, name: string): ProxyExport {
  const remedy = { handler: name, as: 'specifier' } as const;
  const overloads = body.filter((statement) => nodeIn(nodeIn(statement, 'declaration') ?? statement, 'id')?.['name'] === name);
  if (overloads.length > 1) return unknown(`\`${name}\` has overloads. Take its \`export\` away.`, remedy);
  if (declaration?.type !== 'FunctionDeclaration') return unknown(`\`${name}\` is no function.`);
  if (isGenerator(declaration)) return unknown(`\`${name}\` is a generator.`);
  if (isAssigned(source, name)) return unknown(`\`${name}\` is assigned again. Take its \`export\` away.`, remedy);
  // A function can be used above its place, and a constant cannot.
  if (nameTokens(source, name).some(({ start }) => start < declaration.start)) return unknown(`\`${name}\` is used above its place in the file. Take its \`export\` away.`, remedy);
  return { kind: 'declaration', node: declaration, name };
}

function variable(source: Source, statement: SyntaxNode, declaration: SyntaxNode, declarator: SyntaxNode, name: string): ProxyExport {
  const pattern = nodeIn(declarator, 'id');
  const init = nodeIn(declarator, 'init');
  if (!pattern || !init) return unknown(`\`${name}\` has no value where it is declared.`);
  if (declaration['kind'] !== 'const' && isAssigned(source, name)) return unknown(`\`${name}\` is assigned again, so it is not known what runs.`);
  const property = nodesIn(pattern, 'properties').find((one) => namesIn(nodeIn(one, 'value')).some((id) => id['name'] === name));
  const id = pattern.type === 'Identifier' ? pattern : nodeIn(property, 'value');
  const isOnlyOne = nodesIn(declaration, 'declarations').length === 1 && namesIn(pattern).length === 1;
  if (pattern.type === 'Identifier' && hasKnownType(pattern)) return callable(init, { kind: 'expression', node: init, module: 'esm', name });
  if (id?.type !== 'Identifier') return unknown(`The pattern that \`${name}\` comes from is not understood.`);
  return { kind: 'binding', statement, id, property, isOnlyOne, name };
}

/** A constant without a type, or with one that the wrapped function has as well. */
function hasKnownType(id: SyntaxNode): boolean {
  const annotation = nodeIn(nodeIn(id, 'typeAnnotation'), 'typeAnnotation');
  return !annotation || ['NextMiddleware', 'NextProxy'].includes(String(nodeIn(annotation, 'typeName')?.['name']));
}

function specifierExport(source: Source, body: SyntaxNode[], statement: SyntaxNode, specifier: SyntaxNode, name: string): ProxyExport {
  const local = nodeIn(specifier, 'local');
  if (specifier.type !== 'ExportSpecifier' || !local || specifier['exportKind'] === 'type') return unknown(`\`${name}\` is a namespace or a type.`);
  if (nodeIn(statement, 'source')) {
    const hasComment = source.tokens.some(({ isComment, start, end }) => isComment && start >= statement.start && end <= statement.end);
    const isPlain = local.type === 'Identifier' && !hasComment && nodesIn(statement, 'attributes').length === 0;
    const from = nodeIn(statement, 'source');
    const lead = `import { ${source.text.slice(local.start, local.end)} as handler } from ${source.text.slice(from?.start, from?.end)};`;
    if (!isPlain) return unknown('What Next runs comes from another file, and that line has more in it than names.', { handler: 'handler', as: name === 'default' ? 'default' : 'constant', lead });
    return { kind: 'reexport', statement, specifier, name };
  }
  const declaredBy = body.find((one) => bindings(one).includes(String(local['name'])));
  if (!declaredBy) return unknown(`Where \`${String(local['name'])}\` is declared was not found.`);
  if (isAssigned(source, String(local['name']))) return unknown(`\`${String(local['name'])}\` is assigned again.`);
  return { kind: 'specifier', statement, specifier, local, declaredBy, name };
}

function defaultExport(source: Source, body: SyntaxNode[]): ProxyExport | undefined {
  const statements = body.filter(({ type }) => type === 'ExportDefaultDeclaration');
  const [statement] = statements;
  if (!statement) {
    const exporting = body.find((one) => one.type === 'ExportNamedDeclaration' && nodesIn(one, 'specifiers').some((specifier) => exportedName(specifier) === 'default'));
    const specifier = nodesIn(exporting, 'specifiers').find((one) => exportedName(one) === 'default');
    return exporting && specifier ? specifierExport(source, body, exporting, specifier, 'default') : undefined;
  }
  const node = nodeIn(statement, 'declaration');
  if (statements.length > 1 || !node) return unknown('The default export has overloads.');
  if (node.type === 'FunctionDeclaration') {
    const name = nodeIn(node, 'id')?.['name'];
    if (isGenerator(node)) return unknown('The default export is a generator.');
    if (nameTokens(source, String(name)).some(({ start, end }) => start < node.start || end > node.end)) {
      return unknown(`The exported function \`${String(name)}\` is also used by its name in this file. Export it by a statement of its own.`, { handler: String(name), as: 'default' });
    }
    return { kind: 'declaration', node, name: 'default' };
  }
  if (/Declar(ation|eFunction)$/.test(node.type)) return unknown(node.type === 'ClassDeclaration' ? 'The default export is a class.' : 'The default export is not understood.');
  return callable(node, { kind: 'expression', node, module: 'esm', name: 'default' });
}

function commonJsExport(source: Source, body: SyntaxNode[], name: string): ProxyExport {
  const whole: SyntaxNode[] = [];
  const parts: SyntaxNode[] = [];
  let isCompiled = false;
  walk(source.program, (node) => {
    if (node.type === 'StringLiteral' && node['value'] === '__esModule') isCompiled = true;
    if (node.type !== 'AssignmentExpression') return;
    const target = nodeIn(node, 'left');
    if (isModuleExports(target)) whole.push(node);
    else if (isExports(nodeIn(target, 'object'))) {
      const part = nodeIn(target, 'property')?.['name'] ?? nodeIn(target, 'property')?.['value'];
      isCompiled ||= part === '__esModule' || part === 'default';
      if (part === name) parts.push(node);
    }
  });
  if (isCompiled) return unknown('It is compiled code. Wrap it in its source.');
  if (whole.length + parts.length === 0) return unknown(`It exports neither \`${name}\` nor a default.`);
  const [assignment] = [...whole, ...parts];
  const isTopLevel = body.some((statement) => nodeIn(statement, 'expression') === assignment);
  if (whole.length + parts.length > 1 || !assignment || !isTopLevel) return unknown('What it exports is put together by several statements.');
  const value = nodeIn(assignment, 'right');
  if (!value) return unknown('What it exports is not understood.');
  if (parts.length > 0) return callable(value, { kind: 'expression', node: value, module: 'cjs', name });
  if (value.type === 'ObjectExpression') return propertyExport(value, name);
  return callable(value, { kind: 'expression', node: value, module: 'cjs', name: 'default' });
}

function propertyExport(object: SyntaxNode, name: string): ProxyExport {
  const properties = nodesIn(object, 'properties');
  const found = properties.filter((property) => [nodeIn(property, 'key')?.['name'], nodeIn(property, 'key')?.['value']].includes(name));
  const [property] = found;
  if (properties.some(({ type }) => type === 'SpreadElement')) return unknown('What it exports has a spread in it.');
  if (!property || found.length > 1) return unknown(`It does not export one \`${name}\`.`);
  const value = nodeIn(property, 'value');
  if (property.type !== 'ObjectProperty' || !value) return unknown(`\`${name}\` is a method.`);
  if (property['shorthand'] === true) return { kind: 'shorthand', node: property, name };
  return callable(value, { kind: 'expression', node: value, module: 'cjs', name });
}

/** What can never be a function is not wrapped, so that nobody takes it for protected. */
function callable(node: SyntaxNode, found: ProxyExport): ProxyExport {
  if (node.type === 'SequenceExpression') return unknown('The export is a list with commas.');
  if (/^(Object|Array|Class)Expression$|Literal$/.test(node.type)) return unknown('What it exports is no function.');
  return node.type === 'FunctionExpression' && isGenerator(node) ? unknown('What it exports is a generator.') : found;
}

function isGenerator(node: SyntaxNode): boolean {
  return node['generator'] === true;
}

/** The names that a top-level statement brings in or declares. */
function bindings(statement: SyntaxNode): string[] {
  const declaration = nodeIn(statement, 'declaration') ?? statement;
  const imported = statement.type === 'ImportDeclaration' ? nodesIn(statement, 'specifiers').map((specifier) => nodeIn(specifier, 'local')) : [];
  const ids = nodesIn(declaration, 'declarations').flatMap((declarator) => namesIn(nodeIn(declarator, 'id')));
  return [nodeIn(declaration, 'id'), ...imported, ...ids].flatMap((id) => (typeof id?.['name'] === 'string' ? [id['name']] : []));
}

/** The identifiers that a pattern binds. */
function namesIn(pattern: SyntaxNode | undefined): SyntaxNode[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern];
    case 'ObjectPattern':
      return nodesIn(pattern, 'properties').flatMap((property) => namesIn(nodeIn(property, 'value') ?? property));
    case 'ArrayPattern':
      return nodesIn(pattern, 'elements').flatMap(namesIn);
    case 'AssignmentPattern':
      return namesIn(nodeIn(pattern, 'left'));
    case 'RestElement':
      return namesIn(nodeIn(pattern, 'argument'));
    default:
      return [];
  }
}

function isAssigned({ program }: Source, name: string): boolean {
  let found = false;
  walk(program, (node) => {
    if (node.type === 'AssignmentExpression') found ||= namesIn(nodeIn(node, 'left')).some((id) => id['name'] === name);
  });
  return found;
}

/** Where a name is used; a property of that name (`x.proxy`) is none of it. */
function nameTokens({ tokens }: Source, name: string): Source['tokens'] {
  return tokens.filter(({ text }, index) => text === name && !['.', '?.'].includes(tokens[index - 1]?.text ?? ''));
}

function isModuleExports(node: SyntaxNode | undefined): boolean {
  return node?.type === 'MemberExpression' && nodeIn(node, 'object')?.['name'] === 'module' && nodeIn(node, 'property')?.['name'] === 'exports';
}

function isExports(node: SyntaxNode | undefined): boolean {
  return isModuleExports(node) || (node?.type === 'Identifier' && node['name'] === 'exports');
}

/** The name under which a specifier exports. */
export function exportedName(specifier: SyntaxNode): string | undefined {
  const exported = nodeIn(specifier, 'exported');
  const name = exported?.['name'] ?? exported?.['value'];
  return typeof name === 'string' ? name : undefined;
}

function unknown(why: string, remedy?: Remedy): Unknown {
  return { kind: 'unknown', why, remedy };
}
