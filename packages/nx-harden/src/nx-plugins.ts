import type { ReadTree } from './capability';
import { readJsonFile } from './package-manager';

/** The options of a plugin that nx.json registers, under one of its names; undefined when it is not registered. */
export function nxPluginOptions(tree: ReadTree, names: readonly string[]): Record<string, unknown> | undefined {
  const plugins = readJsonFile(tree, 'nx.json')?.['plugins'];
  for (const entry of Array.isArray(plugins) ? (plugins as unknown[]) : []) {
    if (typeof entry === 'string' && names.includes(entry)) return {};
    const { plugin, options } = (typeof entry === 'object' && entry !== null ? entry : {}) as { plugin?: string; options?: Record<string, unknown> };
    if (plugin !== undefined && names.includes(plugin)) return options ?? {};
  }
  return undefined;
}

/** A target that the team wrote: in project.json, in package.json's `nx`, or as a script. As the command that it runs, where that is told. */
export function writtenTarget(tree: ReadTree, root: string, name: string): string | undefined {
  const inRoot = (file: string): string => (root === '.' ? file : `${root}/${file}`);
  const manifest = readJsonFile(tree, inRoot('package.json'));
  const script = (manifest?.['scripts'] as Record<string, unknown> | undefined)?.[name];
  // What `npm init` writes where there is no test.
  if (typeof script === 'string' && !/no test specified/.test(script)) return script;
  const nx = manifest?.['nx'] as { targets?: Record<string, unknown> } | undefined;
  const project = readJsonFile(tree, inRoot('project.json')) as { targets?: Record<string, unknown> } | undefined;
  const target = (project?.targets?.[name] ?? nx?.targets?.[name]) as { command?: string; executor?: string; options?: { command?: string } } | undefined;
  return target && (target.command ?? target.options?.command ?? target.executor ?? name);
}
