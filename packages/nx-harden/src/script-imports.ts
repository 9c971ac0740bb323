import { posix } from 'node:path';
import type { ReadTree } from './capability';
import { nodeIn, nodesIn, parseScript, walk, type SyntaxNode } from './edits/source';
import { inDir, type NextApp } from './next-app';
import { readJsonFile } from './package-manager';

const ENDINGS = ['', '.tsx', '.ts', '.jsx', '.js', '.mjs', '/index.tsx', '/index.ts', '/index.jsx', '/index.js'];

/** What a module takes from elsewhere at run time; `import type` is nothing. */
export function importedPaths(program: SyntaxNode): string[] {
  return nodesIn(program, 'body').flatMap((node) => {
    const source = nodeIn(node, 'source')?.['value'];
    const isType = node['importKind'] === 'type' || node['exportKind'] === 'type';
    return typeof source === 'string' && !isType ? [source] : [];
  });
}

/** What is brought in where it is needed: `await import('…')`, `require('…')`. */
export function loadedPath(node: SyntaxNode | undefined): string | undefined {
  const call = node?.type === 'AwaitExpression' ? nodeIn(node, 'argument') : node;
  const callee = nodeIn(call, 'callee');
  const [path] = call?.type === 'CallExpression' && (callee?.type === 'Import' || callee?.['name'] === 'require') ? nodesIn(call, 'arguments') : [];
  return typeof path?.['value'] === 'string' ? path['value'] : undefined;
}

/** All that a script brings in where it is needed. */
export function loadedPaths(program: SyntaxNode): string[] {
  const paths: string[] = [];
  walk(program, (node) => {
    const path = loadedPath(node);
    if (path !== undefined) paths.push(path);
  });
  return paths;
}

/** A script with those of the app that it imports, and they import, so many files deep; not what is ours. */
export function scriptsFrom(tree: ReadTree, app: NextApp, entry: string, depth: number): { file: string; text: string }[] {
  const found = new Map<string, string>();
  const visit = (file: string, left: number): void => {
    const isOurs = file.startsWith(`${inDir(app.baseDir, 'hardening')}/`);
    const text = found.has(file) || isOurs ? null : tree.read(file, 'utf-8');
    if (text === null) return;
    found.set(file, text);
    const program = left > 0 ? parseScript(file, text) : undefined;
    const imported = program ? importedPaths(program).map((path) => resolveImport(tree, app, file, path)) : [];
    for (const path of imported) if (path !== undefined) visit(path, left - 1);
  };
  visit(entry, depth);
  return [...found].map(([file, text]) => ({ file, text }));
}

/** The file of the app that an import means: relative, or by an alias of its tsconfig. Undefined for a package. */
export function resolveImport(tree: ReadTree, app: NextApp, from: string, path: string): string | undefined {
  const bases = path.startsWith('.') ? [posix.join(posix.dirname(from), path)] : aliased(tree, app, path);
  return bases.flatMap((base) => ENDINGS.map((ending) => base + ending)).find((file) => tree.exists(file) && tree.isFile(file));
}

/** Whether an import means a file of the workspace, found or not. */
export function isLocal(tree: ReadTree, app: NextApp, path: string): boolean {
  return path.startsWith('.') || aliased(tree, app, path).length > 0;
}

/** The aliases of a jsconfig, which Vite does not read: what an import begins with, and the folder that it means, relative to the app. */
export function aliasesOf(tree: ReadTree, app: NextApp): { prefix: string; folder: string }[] {
  const options = readJsonFile(tree, inDir(app.root, 'jsconfig.json'))?.['compilerOptions'] as { baseUrl?: string; paths?: Record<string, string[]> } | undefined;
  return Object.entries(options?.paths ?? {}).flatMap(([pattern, [target]]) =>
    /^[\w@~#/-]+\/\*$/.test(pattern) && target?.endsWith('/*') ? [{ prefix: pattern.slice(0, -1), folder: posix.join(options?.baseUrl ?? '.', target.slice(0, -1)) }] : [],
  );
}

function aliased(tree: ReadTree, app: NextApp, path: string): string[] {
  return ['tsconfig.json', 'jsconfig.json'].flatMap((name) => {
    const options = readJsonFile(tree, inDir(app.root, name))?.['compilerOptions'] as { baseUrl?: string; paths?: Record<string, string[]> } | undefined;
    const base = posix.join(app.root, options?.baseUrl ?? '.');
    return Object.entries(options?.paths ?? {}).flatMap(([pattern, targets]) => {
      const [head = '', tail] = pattern.split('*');
      const rest = tail === undefined ? (path === pattern ? '' : undefined) : path.startsWith(head) ? path.slice(head.length) : undefined;
      return rest === undefined ? [] : targets.map((target) => posix.join(base, target.replace('*', rest)));
    });
  });
}
