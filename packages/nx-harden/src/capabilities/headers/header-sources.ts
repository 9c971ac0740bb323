import { posix } from 'node:path';
import type { ReadTree } from '../../capability';
import { parseScript } from '../../edits/source';
import { inDir, type NextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import { literalsIn, type Sighting } from './literals';

/** How far imports are followed from the config and the proxy. */
const DEPTH = 3;
const EXTENSIONS = ['', '.ts', '.js', '.mjs', '.cjs', '.mts', '.tsx', '.json', '/index.ts', '/index.js'];

/** Everything in the team's own config that could set a header, and in the files that it imports; not in our policy, which is read as data, and not in what a refusal is sent with. */
export function sightingsInConfig(tree: ReadTree, app: NextApp): Sighting[] {
  return app.configFile ? sightingsFrom(tree, app, app.configFile) : [];
}

/** Headers that the team sends from its proxy, or from vercel.json. */
export function sightingsElsewhere(tree: ReadTree, app: NextApp): Sighting[] {
  const proxy = app.proxyFile ? sightingsFrom(tree, app, app.proxyFile) : [];
  return [...proxy, ...['vercel.json', inDir(app.root, 'vercel.json')].flatMap((file) => sightingsInVercelJson(tree, file))];
}

/** Names, in lower case, of the headers that the team sends from elsewhere than Next's config. */
export function headersSetElsewhere(tree: ReadTree, app: NextApp): Set<string> {
  return new Set(sightingsElsewhere(tree, app).map(({ name }) => name));
}

function sightingsFrom(tree: ReadTree, app: NextApp, entry: string): Sighting[] {
  const seen = new Set<string>();
  const visit = (file: string, depth: number): Sighting[] => {
    if (seen.has(file) || file === inDir(app.root, 'hardening/next-config.cjs') || file.startsWith(inDir(app.baseDir, 'hardening/rate-limit'))) return [];
    seen.add(file);
    const text = tree.read(file, 'utf-8');
    const program = text === null ? undefined : parseScript(file, text);
    if (!program) return [];
    const { sightings, imports } = literalsIn(program, file);
    const followed = depth < DEPTH ? imports.map((path) => resolveImport(tree, app, file, path)) : [];
    return [...sightings, ...followed.filter((path) => path !== undefined).flatMap((path) => visit(path, depth + 1))];
  };
  return visit(entry, 0);
}

function resolveImport(tree: ReadTree, app: NextApp, from: string, path: string): string | undefined {
  const base = path.startsWith('.') ? posix.join(posix.dirname(from), path) : path.startsWith('@/') ? inDir(app.baseDir, path.slice(2)) : undefined;
  if (base === undefined) return undefined;
  return EXTENSIONS.map((extension) => base + extension).find((file) => tree.exists(file) && tree.isFile(file));
}

function sightingsInVercelJson(tree: ReadTree, file: string): Sighting[] {
  const rules = readJsonFile(tree, file)?.['headers'];
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule: { source?: string; headers?: { key?: string; value?: string }[] }) =>
    (rule.headers ?? []).map(({ key = '', value }) => ({ name: key.toLowerCase(), value, file, line: 1 })),
  );
}
