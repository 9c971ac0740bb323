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
  const updates = isMap(parseDocument(text).contents) ? parseDocument(text).get('updates', true) : undefined;
  return isSeq(updates) && updates.items.some((entry) => isMap(entry) && entry.get('package-ecosystem') === ECOSYSTEM);
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
  const at = endOfEntry(text, end, indent.length);
  const entry = ENTRY.map((line) => eol + indent + line).join('');
  const edited = text.slice(0, at) + entry + text.slice(at);
  if (!hasOneMore(edited, updates.items.length)) return manual(path, 'The entry would change what the others mean. Add it by hand:');
  tree.write(path, edited);
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

/**
 * The end of the last line that the entry has content on; a comment on that line is the team's, and so are those below
 * it that are as deep as the entry: a setting that is commented out belongs to it.
 */
function endOfEntry(text: string, offset: number, indent: number): number {
  const content = text.slice(0, offset).trimEnd().length;
  const end = content + text.slice(content).search(/\r?\n|$/);
  const comments = new RegExp(`^(?:(?:\\r?\\n[ \\t]*)*\\r?\\n[ \\t]{${indent + 1},}#[^\\r\\n]*)+`).exec(text.slice(end));
  return end + (comments?.[0].length ?? 0);
}

function hasOneMore(text: string, before: number): boolean {
  const document = parseDocument(text);
  const updates = isMap(document.contents) ? document.get('updates', true) : undefined;
  return document.errors.length === 0 && isSeq(updates) && updates.items.length === before + 1 && updatesActions(text);
}

function manual(file: string, why: string): EditResult {
  return { status: 'manual', step: { file, why, lines: ENTRY.map((line) => `  ${line}`).join('\n') } };
}
