import { posix } from 'node:path';
import type { ReadTree } from '../capability';
import { inDir, type NextApp } from '../next-app';
import { readJsonFile } from '../package-manager';

const ENDINGS = ['', '.tsx', '.ts', '.jsx', '.js', '.mjs', '/index.tsx', '/index.ts', '/index.jsx', '/index.js'];
/** How a manifest says that a package is one of the workspace's. */
const IN_WORKSPACE = /^(workspace|link|file|portal):|^\*$/;

/** The file that an import of a library of the workspace means: by the workspace's tsconfig, or as a package of its own. */
export function resolveLibrary(tree: ReadTree, app: NextApp, path: string): string | undefined {
  const bases = [...aliased(tree, path), ...packaged(tree, app, path)];
  return bases.flatMap((base) => ENDINGS.map((ending) => base + ending)).find((file) => tree.exists(file) && tree.isFile(file));
}

function aliased(tree: ReadTree, path: string): string[] {
  return ['tsconfig.base.json', 'tsconfig.json'].flatMap((name) => {
    const options = readJsonFile(tree, name)?.['compilerOptions'] as { baseUrl?: string; paths?: Record<string, string[]> } | undefined;
    return Object.entries(options?.paths ?? {}).flatMap(([pattern, targets]) => {
      const [head = '', tail] = pattern.split('*');
      const rest = tail === undefined ? (path === pattern ? '' : undefined) : path.startsWith(head) ? path.slice(head.length) : undefined;
      return rest === undefined ? [] : targets.map((target) => posix.join(options?.baseUrl ?? '.', target.replace('*', rest)));
    });
  });
}

/** Where the package's manifest says that it is, and where its source mostly lies: what it exports may not be built yet. */
function packaged(tree: ReadTree, app: NextApp, path: string): string[] {
  const [, name = '', rest = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(path) ?? [];
  if (!IN_WORKSPACE.test(app.dependencies[name] ?? '')) return [];
  const dir = [app.root, '.'].map((root) => inDir(root, `node_modules/${name}`)).find((one) => tree.exists(`${one}/package.json`));
  if (dir === undefined) return [];
  const manifest = readJsonFile(tree, `${dir}/package.json`);
  const exported = (manifest?.['exports'] as Record<string, unknown> | undefined)?.[`.${rest}`];
  const files = [...stringsIn(exported), ...(rest === '' ? stringsIn([manifest?.['main']]) : [])];
  return [...files.map((file) => posix.join(dir, file)), `${dir}/src${rest === '' ? '/index' : rest}`, `${dir}${rest === '' ? '/index' : rest}`];
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
