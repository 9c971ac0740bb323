import type { Tree } from '@nx/devkit';
import { readJsonFile } from '../package-manager';
import { appendToJsonArray, removeFromJsonArray } from './json';

export const PLUGIN_NAME = '@chronos/nx-harden';
const NX_JSON = 'nx.json';

/**
 * Registers the inferred plugin, so that `nx run <app>:audit` exists. Twice is once. `after` names plugins whose targets
 * ours adds to: Nx lets the later one win, so ours moves behind them.
 */
export function registerPlugin(tree: Tree, { after = [] }: { after?: readonly string[] } = {}): void {
  if (!tree.exists(NX_JSON)) throw new Error('nx.json not found: run this inside an Nx workspace (npx nx@latest init makes one).');
  if (isPlainlyBefore(tree, after)) removeFromJsonArray(tree, NX_JSON, ['plugins'], isOurs);
  if (!isPluginRegistered(tree)) appendToJsonArray(tree, NX_JSON, ['plugins'], PLUGIN_NAME);
}

/** Takes the registration out again. A `plugins` array that only we used goes with it. */
export function unregisterPlugin(tree: Tree): void {
  if (isPluginRegistered(tree)) removeFromJsonArray(tree, NX_JSON, ['plugins'], isOurs, { dropEmpty: true });
}

/** Whether nx.json names the plugin, with or without options. */
export function isPluginRegistered(tree: Tree): boolean {
  const plugins = readJsonFile(tree, NX_JSON)?.['plugins'];
  return Array.isArray(plugins) && plugins.some(isOurs);
}

/** An entry with options is the team's to move. */
function isPlainlyBefore(tree: Tree, names: readonly string[]): boolean {
  const plugins = readJsonFile(tree, NX_JSON)?.['plugins'];
  if (!Array.isArray(plugins)) return false;
  const nameOf = (entry: unknown): unknown => (typeof entry === 'object' && entry !== null && 'plugin' in entry ? entry.plugin : entry);
  const ours = plugins.indexOf(PLUGIN_NAME);
  return ours >= 0 && plugins.slice(ours + 1).some((entry) => names.includes(String(nameOf(entry))));
}

function isOurs(entry: unknown): boolean {
  return entry === PLUGIN_NAME || (typeof entry === 'object' && entry !== null && 'plugin' in entry && entry.plugin === PLUGIN_NAME);
}
