import { parseEnv } from 'node:util';
import type { ReadTree } from '../../capability';
import { nodeIn, nodesIn, parseScript, walk, type SyntaxNode } from '../../edits/source';
import { inDir, type NextApp } from '../../next-app';

const SCRIPT = /\.[cm]?[jt]sx?$/;
const DOTENV = /^\.env\.(example|sample|template)$|^\.env\.local\.example$/;
const TEST = /\.(spec|test|stories)\.[cm]?[jt]sx?$|^(vitest|vite|jest|playwright|cypress)\.config\./;
const NOT_SOURCE = /^(node_modules|public|dist|coverage|hardening|e2e|tests?|__tests__|test-output)$|^\.(next|vercel|git|nx|turbo)$/;
/** Set by the platform, by Next or by the shell, and so by nobody in the settings of a repository. */
const GIVEN = /^(NODE_ENV|NODE_OPTIONS|CI|PORT|HOST|HOSTNAME|HOME|PATH|PWD|TZ|DEBUG|ANALYZE|TURBOPACK|NEXT_RUNTIME|NEXT_PHASE|NEXT_DIST_DIR|SKIP_ENV_VALIDATION)$|^(VERCEL|GITHUB|NX|npm|__NEXT)(_|$)/;
const NAME = /^[A-Z][A-Z0-9_]*$/;

/** Names of the environment variables that the app reads, sorted. Values are never looked at. */
export function envNamesOf(tree: ReadTree, app: NextApp): string[] {
  const names = new Set<string>();
  const visit = (dir: string): void => {
    for (const entry of tree.children(dir)) {
      const path = inDir(dir, entry);
      if (tree.isFile(path)) for (const name of namesIn(tree, entry, path)) names.add(name);
      else if (!NOT_SOURCE.test(entry)) visit(path);
    }
  };
  visit(app.root);
  return [...names].filter((name) => NAME.test(name) && !GIVEN.test(name)).sort();
}

function namesIn(tree: ReadTree, file: string, path: string): string[] {
  const read = (): string => tree.read(path, 'utf-8') ?? '';
  if (DOTENV.test(file)) return Object.keys(parseEnv(read()));
  // Prisma's own language has one way to say it.
  if (file.endsWith('.prisma')) return [...read().matchAll(/^[^/\n]*\benv\(\s*"(\w+)"/gm)].map(([, name = '']) => name);
  if (!SCRIPT.test(file) || TEST.test(file)) return [];
  const text = read();
  if (!/\benv\b|\bcreateEnv\b/.test(text)) return [];
  const program = parseScript(path, text);
  return program ? namesInScript(program) : [...text.matchAll(/\bprocess\.env\.(\w+)/g)].map(([, name = '']) => name);
}

function namesInScript(program: SyntaxNode): string[] {
  const names: (string | undefined)[] = [];
  const schema: (string | undefined)[] = [];
  let isValidated = false;
  walk(program, (node) => {
    if (/^(Optional)?MemberExpression$/.test(node.type) && isProcessEnv(nodeIn(node, 'object'))) {
      const property = nodeIn(node, 'property');
      names.push(node['computed'] ? stringOf(property) : (property?.['name'] as string));
      return false;
    }
    if (node.type === 'VariableDeclarator' && isProcessEnv(nodeIn(node, 'init'))) {
      names.push(...nodesIn(nodeIn(node, 'id'), 'properties').map(keyOf));
      return false;
    }
    if (node.type === 'CallExpression') {
      const callee = nodeIn(node, 'callee')?.['name'];
      if (callee === 'env') names.push(stringOf(nodesIn(node, 'arguments')[0]));
      if (callee === 'createEnv') isValidated = true;
    }
    // `X: z.string()` is a variable where the whole environment is handed to a validator.
    if (isProcessEnv(node)) isValidated = true;
    if (node.type === 'ObjectProperty' && nodeIn(node, 'value')?.type === 'CallExpression') schema.push(keyOf(node));
    return undefined;
  });
  return [...names, ...(isValidated ? schema : [])].filter((name) => name !== undefined);
}

/** `process.env`, by itself or in a cast. */
function isProcessEnv(node: SyntaxNode | undefined): boolean {
  if (node && /^TS(As|NonNull|Satisfies)/.test(node.type)) return isProcessEnv(nodeIn(node, 'expression'));
  const of = nodeIn(node, 'object');
  return /MemberExpression$/.test(node?.type ?? '') && of?.['name'] === 'process' && nodeIn(node, 'property')?.['name'] === 'env';
}

function keyOf(property: SyntaxNode): string | undefined {
  const key = nodeIn(property, 'key');
  return (key?.['name'] as string | undefined) ?? stringOf(key);
}

function stringOf(node: SyntaxNode | undefined): string | undefined {
  return node?.type === 'StringLiteral' ? (node['value'] as string) : undefined;
}
