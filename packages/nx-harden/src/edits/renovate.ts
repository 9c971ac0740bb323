import type { Tree } from '@nx/devkit';
import type { EditResult, ReadTree } from '../capability';
import { readJsonFile } from '../package-manager';
import { appendToJsonArray, removeFromJsonArray } from './json';

const PRESET = 'helpers:pinGitHubActionDigests';
/** Presets that pin and update actions already. */
const ENOUGH = [PRESET, 'config:best-practices', 'helpers:pinGitHubActionDigestsToSemver'];
const FILES = ['renovate.json', '.github/renovate.json', '.gitlab/renovate.json', '.renovaterc', '.renovaterc.json', 'renovate.json5', '.github/renovate.json5'];

/** Renovate's config, where the workspace has one. */
export function findRenovateFile(tree: ReadTree): string | undefined {
  return FILES.find((path) => tree.exists(path));
}

/** Whether Renovate keeps the commits of the actions fresh. */
export function pinsActions(tree: ReadTree, path: string): boolean {
  const presets = path.endsWith('.json5') ? (tree.read(path, 'utf-8') ?? '') : presetsOf(tree, path);
  return ENOUGH.some((preset) => presets.includes(preset));
}

/** Adds the preset that pins actions to commits and updates both. */
export function addRenovatePreset(tree: Tree, path: string): EditResult {
  if (pinsActions(tree, path)) return { status: 'unchanged' };
  const presets = path.endsWith('.json5') ? undefined : readJsonFile(tree, path)?.['extends'];
  if (!Array.isArray(presets)) {
    return { status: 'manual', step: { file: path, why: 'Its list of presets is not found. Add to it:', lines: `"extends": ["${PRESET}"]` } };
  }
  appendToJsonArray(tree, path, ['extends'], PRESET);
  return { status: 'changed' };
}

/** Takes the preset out again. */
export function removeRenovatePreset(tree: Tree, path: string): EditResult {
  removeFromJsonArray(tree, path, ['extends'], (preset) => preset === PRESET);
  return { status: 'changed' };
}

function presetsOf(tree: ReadTree, path: string): string {
  return JSON.stringify(readJsonFile(tree, path)?.['extends'] ?? []);
}
