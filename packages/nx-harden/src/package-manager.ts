import { parse as parseJsonc, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { parse as parseYaml } from 'yaml';
import type { ReadTree } from './capability';

export type PackageManagerName = 'pnpm' | 'npm' | 'yarn' | 'bun';

export interface PackageManager {
  name: PackageManagerName;
  /** Exact version from package.json's `packageManager`, where it is pinned there. */
  version?: string;
}

/** What runs a program of the workspace. */
export const EXEC: Record<PackageManagerName, string> = { pnpm: 'pnpm exec', npm: 'npx', yarn: 'yarn', bun: 'bunx' };

const LOCKFILES: [string, PackageManagerName][] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['yarn.lock', 'yarn'],
  ['package-lock.json', 'npm'],
];

/** The package manager that the workspace pins in `packageManager`, else the one whose lockfile it has, else pnpm or npm. */
export function readPackageManager(tree: ReadTree): PackageManager {
  const pinned = readJsonFile(tree, 'package.json')?.['packageManager'];
  const match = typeof pinned === 'string' ? /^(pnpm|npm|yarn|bun)@(\d+\.\d+\.\d+[^+]*)/.exec(pinned) : null;
  if (match) return { name: match[1] as PackageManagerName, version: match[2] };
  const locked = LOCKFILES.find(([file]) => tree.exists(file));
  return { name: locked?.[1] ?? (tree.exists('pnpm-workspace.yaml') ? 'pnpm' : 'npm') };
}

/** The range that `catalog:` or `catalog:<name>` stands for in pnpm-workspace.yaml. */
export function readCatalog(tree: ReadTree, reference: string, dependency: string): string | undefined {
  const text = tree.exists('pnpm-workspace.yaml') ? tree.read('pnpm-workspace.yaml', 'utf-8') : null;
  if (text === null) return undefined;
  const workspace = parseYaml(text) as {
    catalog?: Record<string, string>;
    catalogs?: Record<string, Record<string, string>>;
  } | null;
  const name = reference.slice('catalog:'.length);
  const catalog = name === '' || name === 'default' ? (workspace?.catalog ?? workspace?.catalogs?.['default']) : workspace?.catalogs?.[name];
  return catalog?.[dependency];
}

/** A JSON file (with comments, as Nx allows) as an object; undefined when it is not there. Throws with the path when it is not JSON. */
export function readJsonFile(tree: ReadTree, path: string): Record<string, unknown> | undefined {
  const text = tree.exists(path) ? tree.read(path, 'utf-8') : null;
  if (text === null) return undefined;
  const errors: ParseError[] = [];
  const value: unknown = parseJsonc(text.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error) {
    const line = text.slice(0, error.offset).split('\n').length;
    throw new Error(`${path} is not valid JSON: ${printParseErrorCode(error.error)} in line ${line}. Mend it and run again.`);
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
