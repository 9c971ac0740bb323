import type { Tree } from '@nx/devkit';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { EditResult, ReadTree } from '../capability';
import { addBelowLast, eolOf, withoutLines, yamlFailure } from './yaml-list';

/** What the team's config is extended by. */
export const OUR_LEFTHOOK = '.hardening/lefthook.yml';

const DIRS = ['', '.config/'];
const NAMES = ['lefthook', '.lefthook'];
const EXTENSIONS = ['yml', 'yaml', 'json', 'jsonc', 'toml'];
const ENTRY = [`- ${OUR_LEFTHOOK}`];
const KEY = ['extends:', `  - ${OUR_LEFTHOOK}`];

/** lefthook's config, where the workspace has one. */
export function findLefthookFile(tree: ReadTree): string | undefined {
  return DIRS.flatMap((dir) => NAMES.flatMap((name) => EXTENSIONS.map((extension) => `${dir}${name}.${extension}`))).find((path) => tree.exists(path));
}

/** Has the team's config extended by ours. Throws with line and column when it is no valid YAML. */
export function extendLefthook(tree: Tree, path: string): EditResult {
  const text = tree.read(path, 'utf-8') ?? '';
  if (!/\.ya?ml$/.test(path)) return text.includes(OUR_LEFTHOOK) ? { status: 'unchanged' } : manual(path, linesFor(path));
  const document = parseDocument(text);
  const failure = yamlFailure(document);
  if (failure) throw new Error(`${path} is no valid YAML (${failure}). Mend it and run again.`);
  const list = isMap(document.contents) ? document.get('extends', true) : undefined;
  if (extendedBy(text).includes(OUR_LEFTHOOK)) return { status: 'unchanged' };
  const isBlock = isMap(document.contents) && !document.contents.flow;
  const edited = isSeq(list) ? addBelowLast(text, list, ENTRY) : list === undefined && isBlock ? withKey(text) : undefined;
  if (edited === undefined || !extendedBy(edited).includes(OUR_LEFTHOOK)) return manual(path, KEY);
  tree.write(path, edited);
  return { status: 'changed' };
}

/** Takes it out again. */
export function unextendLefthook(tree: Tree, path: string): EditResult {
  const text = tree.read(path, 'utf-8') ?? '';
  if (!text.includes(OUR_LEFTHOOK)) return { status: 'unchanged' };
  const eol = eolOf(text);
  const key = KEY.join(eol);
  const without = text.endsWith(`${key}${eol}`) ? text.slice(0, -`${key}${eol}`.length) : text.endsWith(`${eol}${key}`) ? text.slice(0, -`${eol}${key}`.length) : (withoutLines(text, KEY) ?? withoutLines(text, ENTRY));
  if (without === undefined) return { status: 'manual', step: { file: path, why: 'Its list of extends was changed by hand. Take out of it:', lines: ENTRY.join('\n') } };
  tree.write(path, without);
  return { status: 'changed' };
}

/** The files that a config is extended by. */
export function extendedBy(text: string): string[] {
  const { contents } = parseDocument(text);
  const list: unknown = isMap(contents) ? contents.get('extends', true) : undefined;
  if (isScalar(list)) return [String(list.value)];
  return isSeq(list) ? list.items.map((item) => String(isScalar(item) ? item.value : item)) : [];
}

/** A file without a line end at its end stays one, so that taking the lines out gives every byte back. */
function withKey(text: string): string {
  const eol = eolOf(text);
  return text.endsWith('\n') ? `${text}${KEY.join(eol)}${eol}` : `${text}${eol}${KEY.join(eol)}`;
}

function linesFor(path: string): string[] {
  return path.endsWith('.toml') ? [`extends = ["${OUR_LEFTHOOK}"]`] : [`"extends": ["${OUR_LEFTHOOK}"]`];
}

function manual(file: string, lines: readonly string[]): EditResult {
  return { status: 'manual', step: { file, why: 'Its list of extends is not written as lines of YAML. Write:', lines: lines.join('\n') } };
}
