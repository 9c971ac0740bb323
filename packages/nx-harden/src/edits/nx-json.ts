import type { Tree } from '@nx/devkit';
import { readJsonFile } from '../package-manager';
import { appendToJsonArray, removeFromJsonArray } from './json';

export const PLUGIN_NAME = '@chronos/nx-harden';
const NX_JSON = 'nx.json';

/** Registers the inferred plugin, so that `nx run <app>:audit` exists. Twice is once. */
export function registerPlugin(tree: Tree): void {
  if (!tree.exists(NX_JSON)) throw new Error('nx.json not found: run this inside an Nx workspace (npx nx@latest init makes one).');
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

function isOurs(entry: unknown): boolean {
  return entry === PLUGIN_NAME || (typeof entry === 'object' && entry !== null && 'plugin' in entry && entry.plugin === PLUGIN_NAME);
}
