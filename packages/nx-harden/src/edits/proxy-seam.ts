import type { ProxyExport } from './proxy-export';
import { findSeamImport, type SeamImport } from './seam-import';
import { nodeIn, nodesIn, type Source, type SyntaxNode } from './source';

/** The function that limits, and where a proxy file finds it. */
export const LIMIT = 'withRateLimit';
export const LIMIT_PATH = './hardening/rate-limit';

/** What a proxy file has of the seam. */
export interface ProxySeam {
  /** unused: it is imported, and that is all. */
  state: 'limited' | 'unlimited' | 'unused' | 'unknown';
  imported?: SeamImport;
  /** `withRateLimit(…)`, around what Next runs. */
  call?: SyntaxNode;
}

// A team may have turned the relative path into an alias of its tsconfig.
const ANY_LIMIT_PATH = /^(['"`])(.*\/)?hardening\/rate-limit(\.[cm]?[jt]sx?)?\1$/;

/** Finds the import of the limiter, under whatever local name and by whatever path. */
export function findLimitImport(source: Source): SeamImport | undefined {
  return source.tokens
    .filter(({ text }) => ANY_LIMIT_PATH.test(text))
    .map(({ text }) => findSeamImport(source, LIMIT, text.slice(1, -1)))
    .find((found) => found !== undefined);
}

/** Finds out whether what Next runs goes through the limiter. */
export function readSeam(source: Source, exported: ProxyExport): ProxySeam {
  const imported = findLimitImport(source);
  if (!imported) return { state: isMentioned(source) ? 'unknown' : 'unlimited' };
  const node = runBy(source, exported);
  const call = node && callAround(source, node, imported.localName);
  if (call) return { state: 'limited', imported, call };
  const { statement, localName } = imported;
  const isUsed = source.tokens.some(({ text, start }) => text === localName && (start < statement.start || start > statement.end));
  return { state: isUsed ? 'unknown' : 'unused', imported };
}

/** Whether the file brings the limiter's file in otherwise than by names: as a whole, or when it runs. */
function isMentioned({ program, tokens }: Source): boolean {
  const byName = nodesIn(program, 'body').filter((statement) => statement.type === 'ImportDeclaration' && nodesIn(statement, 'specifiers').every(({ type }) => type === 'ImportSpecifier'));
  return tokens.some(({ text, start, end }) => ANY_LIMIT_PATH.test(text) && !byName.some((statement) => statement.start <= start && end <= statement.end));
}

/** The expression that Next runs, where the file has one. */
function runBy(source: Source, exported: ProxyExport): SyntaxNode | undefined {
  switch (exported.kind) {
    case 'expression':
      return exported.node;
    case 'specifier':
      return valueOf(source, String(exported.local['name']));
    case 'shorthand':
    case 'binding':
      return valueOf(source, exported.name);
    default:
      return undefined;
  }
}

/** The value of a top-level constant of that name. */
export function valueOf({ program }: Source, name: string): SyntaxNode | undefined {
  const declarators = nodesIn(program, 'body').flatMap((statement) => nodesIn(nodeIn(statement, 'declaration') ?? statement, 'declarations'));
  return nodeIn(
    declarators.find((one) => nodeIn(one, 'id')?.['name'] === name),
    'init',
  );
}

/** The limiter's call that an expression comes to, through names and other wrappers; what functions do when they run is not followed. */
function callAround(source: Source, node: SyntaxNode, localName: string, seen: readonly string[] = []): SyntaxNode | undefined {
  const inside = nodeIn(node, 'expression');
  if (/^TS/.test(node.type) && inside) return callAround(source, inside, localName, seen);
  if (node.type === 'Identifier') {
    const name = String(node['name']);
    const value = seen.includes(name) ? undefined : valueOf(source, name);
    return value && callAround(source, value, localName, [...seen, name]);
  }
  if (node.type !== 'CallExpression') return undefined;
  if (nodeIn(node, 'callee')?.['name'] === localName) return node;
  return nodesIn(node, 'arguments')
    .map((argument) => callAround(source, argument, localName, seen))
    .find((call) => call !== undefined);
}
