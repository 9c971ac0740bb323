import type { Tree } from '@nx/devkit';
import type { EditResult, ReadTree } from '../capability';
import { readJsonFile } from '../package-manager';
import { appendToJsonArray, removeFromJsonArray } from './json';

const PRESET = 'helpers:pinGitHubActionDigests';
/** Presets that pin and update actions already. */
const ENOUGH = [PRESET, 'config:best-practices', 'helpers:pinGitHubActionDigestsToSemver'];
const FILES = ['renovate.json', '.github/renovate.json', '.gitlab/renovate.json', '.renovaterc', '.renovaterc.json', 'renovate.json5', '.github/renovate.json5', '.renovaterc.json5'];

/** Renovate's config, where the workspace has one. */
export function findRenovateFile(tree: ReadTree): string | undefined {
  return FILES.find((path) => tree.exists(path));
}

/** Whether Renovate keeps the commits of the actions fresh. A file that it cannot read keeps nothing fresh. */
export function pinsActions(tree: ReadTree, path: string): boolean {
  // JSON5 is not parsed: the names of the presets are the same in it.
  const presets = path.endsWith('.json5') ? (tree.read(path, 'utf-8') ?? '') : presetsOf(tree, path).presets;
  return ENOUGH.some((preset) => presets?.includes(preset));
}

/** Adds the preset that pins actions to commits and updates both. */
export function addRenovatePreset(tree: Tree, path: string): EditResult {
  if (pinsActions(tree, path)) return { status: 'unchanged' };
  const { presets, failure } = path.endsWith('.json5') ? {} : presetsOf(tree, path);
  if (!presets) return manual(path, `${failure ?? 'Its list of presets is not found.'} Add to it:`);
  appendToJsonArray(tree, path, ['extends'], PRESET);
  return { status: 'changed' };
}

/** Takes the preset out again. */
export function removeRenovatePreset(tree: Tree, path: string): EditResult {
  const { failure } = presetsOf(tree, path);
  if (failure !== undefined) return manual(path, `${failure} Take out of it:`);
  removeFromJsonArray(tree, path, ['extends'], (preset) => preset === PRESET);
  return { status: 'changed' };
}

function presetsOf(tree: ReadTree, path: string): { presets?: unknown[]; failure?: string } {
  try {
    const presets = readJsonFile(tree, path)?.['extends'];
    return Array.isArray(presets) ? { presets } : {};
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

function manual(file: string, why: string): EditResult {
  return { status: 'manual', step: { file, why, lines: `"extends": ["${PRESET}"]` } };
}
