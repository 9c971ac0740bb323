import type { Tree } from '@nx/devkit';
import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import type { EditResult } from '../capability';

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
  const updates = parseDocument(text).toJS() as { updates?: { 'package-ecosystem'?: string }[] } | null;
  return Array.isArray(updates?.updates) && updates.updates.some((entry) => entry?.['package-ecosystem'] === ECOSYSTEM);
}

/** Adds the entry below the last one, as text: printing the document back would change what the team wrote. */
export function addDependabotEntry(tree: Tree, path: string): EditResult {
  const text = tree.read(path, 'utf-8') ?? '';
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) {
    const { line = 1, col = 1 } = error.linePos?.[0] ?? {};
    return manual(path, `It is no valid YAML (line ${line}, column ${col}: ${error.code}). Mend it and run again, or add below updates:`);
  }
  const updates = isMap(document.contents) ? document.get('updates', true) : undefined;
  if (!isSeq(updates) || updates.flow || updates.items.length === 0) return manual(path, 'Its list of updates is not written as lines. Add to it:');
  if (updatesActions(text)) return { status: 'unchanged' };

  const last = updates.items.at(-1) as YAMLMap;
  const [start = 0, end = 0] = last.range ?? [];
  const dash = text.lastIndexOf('-', start);
  const indent = text.slice(text.lastIndexOf('\n', dash) + 1, dash);
  if (indent.trim() !== '') return manual(path, 'Its list of updates is not written as lines. Add to it:');
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const at = endOfLine(text, end);
  const entry = ENTRY.map((line) => eol + indent + line).join('');
  tree.write(path, text.slice(0, at) + entry + text.slice(at));
  return { status: 'changed' };
}

/** Takes the entry out again, where it is as we wrote it. */
export function removeDependabotEntry(tree: Tree, path: string): EditResult {
  const text = tree.read(path, 'utf-8') ?? '';
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  for (const indent of new Set([...text.matchAll(/^([ \t]*)- package-ecosystem:/gm)].map(([, space = '']) => space))) {
    const entry = ENTRY.map((line) => eol + indent + line).join('');
    const at = text.indexOf(entry);
    if (at < 0) continue;
    tree.write(path, text.slice(0, at) + text.slice(at + entry.length));
    return { status: 'changed' };
  }
  if (!updatesActions(text)) return { status: 'unchanged' };
  return manual(path, 'The entry for github-actions was changed by hand, so it is kept. Take it out when you no longer need it:');
}

/** The end of the last line that the entry has content on; a comment on that line is the team's. */
function endOfLine(text: string, offset: number): number {
  const content = text.slice(0, offset).trimEnd().length;
  const end = text.slice(content).search(/\r?\n|$/);
  return content + end;
}

function manual(file: string, why: string): EditResult {
  return { status: 'manual', step: { file, why, lines: ENTRY.map((line) => `  ${line}`).join('\n') } };
}
