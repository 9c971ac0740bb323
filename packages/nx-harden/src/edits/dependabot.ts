import type { Tree } from '@nx/devkit';
import { isMap, isSeq, parseDocument } from 'yaml';
import type { EditResult } from '../capability';
import { addBelowLast, withoutLines, yamlFailure } from './yaml-list';

const ECOSYSTEM = 'github-actions';
const HEAD = '# Made by nx-harden: keeps the commits that the workflows are pinned to fresh.\nversion: 2\n\nupdates:\n';
/** Grouped, so that it is one pull request a week; a week old, so that a release that turns out to be bad has been taken back. */
const ENTRY = [
  '- package-ecosystem: github-actions',
  '  directory: /',
  '  schedule:',
  '    interval: weekly',
  '  cooldown:',
  '    default-days: 7',
  '  groups:',
  '    actions:',
  "      patterns: ['*']",
];

/** A dependabot.yml for a workspace that has none. */
export function newDependabotFile(): string {
  return HEAD + ENTRY.map((line) => `  ${line}\n`).join('');
}

/** Whether Dependabot keeps the actions fresh. */
export function updatesActions(text: string): boolean {
  const updates = isMap(parseDocument(text).contents) ? parseDocument(text).get('updates', true) : undefined;
  return isSeq(updates) && updates.items.some((entry) => isMap(entry) && entry.get('package-ecosystem') === ECOSYSTEM);
}

/** Adds the entry below the last one. */
export function addDependabotEntry(tree: Tree, path: string): EditResult {
  const text = tree.read(path, 'utf-8') ?? '';
  const document = parseDocument(text);
  const failure = yamlFailure(document);
  if (failure) return manual(path, `It is no valid YAML (${failure}). Mend it and run again, or add below updates:`);
  const updates = isMap(document.contents) ? document.get('updates', true) : undefined;
  const edited = isSeq(updates) ? addBelowLast(text, updates, ENTRY) : undefined;
  if (!isSeq(updates) || edited === undefined) return manual(path, 'Its list of updates is not written as lines. Add to it:');
  if (updatesActions(text)) return { status: 'unchanged' };
  if (!hasOneMore(edited, updates.items.length)) return manual(path, 'The entry would change what the others mean. Add it by hand:');
  tree.write(path, edited);
  return { status: 'changed' };
}

/** Takes the entry out again, where it is as we wrote it. */
export function removeDependabotEntry(tree: Tree, path: string): EditResult {
  const text = tree.read(path, 'utf-8') ?? '';
  const without = withoutLines(text, ENTRY);
  if (without !== undefined) {
    tree.write(path, without);
    return { status: 'changed' };
  }
  if (!updatesActions(text)) return { status: 'unchanged' };
  return manual(path, 'The entry for github-actions was changed by hand, so it is kept. Take it out when you no longer need it:');
}

function hasOneMore(text: string, before: number): boolean {
  const document = parseDocument(text);
  const updates = isMap(document.contents) ? document.get('updates', true) : undefined;
  return document.errors.length === 0 && isSeq(updates) && updates.items.length === before + 1 && updatesActions(text);
}

function manual(file: string, why: string): EditResult {
  return { status: 'manual', step: { file, why, lines: ENTRY.map((line) => `  ${line}`).join('\n') } };
}
