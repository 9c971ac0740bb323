import { nodeIn, nodesIn, walk, type Source, type SyntaxNode } from './source';

/** Where and how a config is exported, and so how it can be wrapped. */
export type ConfigExport =
  /** `export default <expression>`, `export = <expression>`, `module.exports = <expression>`: the expression is wrapped. */
  | { kind: 'expression'; node: SyntaxNode; module: 'esm' | 'cjs' }
  /** `export default function …`: it becomes an expression, which needs a semicolon. */
  | { kind: 'declaration'; node: SyntaxNode; module: 'esm' }
  /** `export { config as default }`: the name in front of `as` is replaced. */
  | { kind: 'specifier'; node: SyntaxNode; local: SyntaxNode; module: 'esm' }
  /** `module.exports` is put together by several statements: it is wrapped after the last one. */
  | { kind: 'append'; module: 'cjs' }
  /** `remedy` is what to write instead, given the name of the wrap. */
  | { kind: 'unknown'; why: string; remedy?: (wrap: string) => string };

const HARMLESS_AFTER = /^(FunctionDeclaration|ClassDeclaration|TS.*|ExportNamedDeclaration|ExportAllDeclaration|ImportDeclaration|EmptyStatement)$/;

/** Finds the export of a Next config. */
export function findConfigExport(source: Source): ConfigExport {
  const body = nodesIn(source.program, 'body');
  for (const statement of body) {
    if (statement.type === 'ExportDefaultDeclaration') return defaultExport(source, body, statement);
    if (statement.type === 'TSExportAssignment') return expression(nodeIn(statement, 'expression'), 'esm');
    const specifier = nodesIn(statement, 'specifiers').find((one) => exportedName(one) === 'default');
    if (statement.type === 'ExportNamedDeclaration' && specifier) {
      const local = nodeIn(specifier, 'local');
      const from = nodeIn(statement, 'source');
      if (from || !local) return reExported(source, from, local);
      return { kind: 'specifier', node: specifier, local, module: 'esm' };
    }
  }
  return commonJsExport(source, body);
}

function reExported({ text }: Source, from: SyntaxNode | undefined, local: SyntaxNode | undefined): ConfigExport {
  const name = String(local?.['name'] ?? 'default');
  const imported = name === 'default' ? 'config' : `{ ${name} }`;
  const remedy = (wrap: string) => `import ${imported} from ${text.slice(from?.start, from?.end)};\n\nexport default ${wrap}(${name === 'default' ? 'config' : name});`;
  return { ...unknown('The config is exported from another file.'), remedy };
}

function defaultExport(source: Source, body: SyntaxNode[], statement: SyntaxNode): ConfigExport {
  const { tokens, text } = source;
  const node = nodeIn(statement, 'declaration');
  if (!node) return unknown('The default export is not understood.');
  if (changesLater(source, body, statement)) {
    const remedy = (wrap: string) => `export default ${wrap}(${/^Identifier$/.test(node.type) ? text.slice(node.start, node.end) : 'nextConfig'});`;
    return { ...unknown('Statements after the default export change the config. Move the export to the end of the file.'), remedy };
  }
  if (node.type === 'FunctionDeclaration') {
    const name = nodeIn(node, 'id')?.['name'];
    const isUsed = tokens.some((token) => token.text === name && (token.start < node.start || token.end > node.end));
    if (isUsed) {
      const remedy = (wrap: string) => `export default ${wrap}(${String(name)});`;
      return { ...unknown(`The exported function ${String(name)} is also used by its name in this file. Export it by a statement of its own.`), remedy };
    }
    return { kind: 'declaration', node, module: 'esm' };
  }
  if (/Declaration$/.test(node.type)) return unknown(`The default export is a ${node.type}, which is no config.`);
  return { kind: 'expression', node, module: 'esm' };
}

function commonJsExport(source: Source, body: SyntaxNode[]): ConfigExport {
  const exported = body.flatMap(assignmentsIn);
  if (exported.some(({ isInFunction }) => isInFunction)) return unknown('module.exports is set inside a function, so it is not known when.');
  if (exported.some(({ property }) => property === 'default' || property === '__esModule')) return unknown('The config is compiled code (exports.default). Wrap it in its source.');
  if (body.some(hasReturn)) return unknown('A return ends this file before its last line.');
  const whole = exported.filter(({ property }) => property === undefined);
  if (exported.length === 0) return unknown('No export of a config was found.');
  const last = whole.at(-1);
  const isPlain = last?.isTopLevel && last === exported.at(-1) && !changesLater(source, body, last.statement);
  return last && isPlain ? expression(nodeIn(last.node, 'right'), 'cjs') : { kind: 'append', module: 'cjs' };
}

interface ExportAssignment {
  node: SyntaxNode;
  statement: SyntaxNode;
  /** `x` in `module.exports.x = …`; undefined when the whole is set, or handed to `Object.assign`. */
  property: string | undefined;
  isTopLevel: boolean;
  isInFunction: boolean;
}

/** Everything in one top-level statement that sets `module.exports`, or a part of it. */
function assignmentsIn(statement: SyntaxNode): ExportAssignment[] {
  const found: ExportAssignment[] = [];
  const functions: SyntaxNode[] = [];
  walk(statement, (node) => {
    if (/Function|ObjectMethod|ClassMethod/.test(node.type)) functions.push(node);
    const isAssign = node.type === 'CallExpression' && isModuleExports(nodesIn(node, 'arguments')[0]);
    if (node.type !== 'AssignmentExpression' && !isAssign) return;
    const target = isAssign ? nodesIn(node, 'arguments')[0] : nodeIn(node, 'left');
    const property = exportedProperty(target);
    if (property === undefined && !isModuleExports(target)) return;
    found.push({
      node,
      statement,
      property: isAssign ? '' : property,
      isTopLevel: nodeIn(statement, 'expression') === node,
      isInFunction: functions.some(({ start, end }) => start <= node.start && node.end <= end),
    });
  });
  return found;
}

function isModuleExports(node: SyntaxNode | undefined): boolean {
  return node?.type === 'MemberExpression' && nodeIn(node, 'object')?.['name'] === 'module' && nodeIn(node, 'property')?.['name'] === 'exports';
}

/** `x` of `module.exports.x` and `exports.x`. */
function exportedProperty(node: SyntaxNode | undefined): string | undefined {
  if (node?.type !== 'MemberExpression') return undefined;
  const object = nodeIn(node, 'object');
  const root = exportedProperty(object);
  if (root !== undefined) return root;
  const isExports = isModuleExports(object) || object?.['name'] === 'exports';
  return isExports ? String(nodeIn(node, 'property')?.['name'] ?? nodeIn(node, 'property')?.['value']) : undefined;
}

/**
 * Whether statements behind the export can still change what is exported: the wrap copies what is there by then. Those
 * which do not speak of anything that the export does (`initOpenNextCloudflareForDev()`) cannot.
 */
function changesLater({ tokens }: Source, body: SyntaxNode[], statement: SyntaxNode): boolean {
  const namesIn = ({ start, end }: SyntaxNode) => tokens.filter((token) => token.start >= start && token.end <= end && /^[A-Za-z_$]/.test(token.text)).map(({ text }) => text);
  const reachedFrom = (node: SyntaxNode): Set<string> => {
    const names = new Set(namesIn(node));
    // A set is walked on while it grows: a function that is called may speak of the config in its turn.
    for (const name of names) {
      const declaration = body.find((one) => one.type === 'FunctionDeclaration' && nodeIn(one, 'id')?.['name'] === name);
      if (declaration) namesIn(declaration).forEach((inner) => names.add(inner));
    }
    return names;
  };
  const exported = new Set(namesIn(statement).filter((name) => !['export', 'default', 'async', 'function', 'const', 'return', 'await', 'new'].includes(name)));
  return body
    .slice(body.indexOf(statement) + 1)
    .filter(({ type }) => !HARMLESS_AFTER.test(type))
    .some((later) => [...reachedFrom(later)].some((name) => exported.has(name)));
}

function hasReturn(statement: SyntaxNode): boolean {
  let found = false;
  walk(statement, (node) => {
    found ||= node.type === 'ReturnStatement';
    return !/Function|Method/.test(node.type);
  });
  return found;
}

function exportedName(specifier: SyntaxNode): unknown {
  const exported = nodeIn(specifier, 'exported');
  return exported?.['name'] ?? exported?.['value'];
}

function expression(node: SyntaxNode | undefined, module: 'esm' | 'cjs'): ConfigExport {
  if (node?.type === 'SequenceExpression') return unknown('The export is a list with commas.');
  return node ? { kind: 'expression', node, module } : unknown('The export is not understood.');
}

function unknown(why: string): Extract<ConfigExport, { kind: 'unknown' }> {
  return { kind: 'unknown', why };
}
