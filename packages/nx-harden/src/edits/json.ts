import type { Tree } from '@nx/devkit';
import { findNodeAtLocation, parseTree, type JSONPath, type Node } from 'jsonc-parser';

/**
 * Edits of a user's JSON file by splicing its text: what is not touched keeps every byte, comments and layout. Not
 * jsonc-parser's own `modify`, which formats what stands around an edit, so that its reverse gives other bytes back.
 */

/** Sets one value; objects that are missing on the way are made. */
export function setJsonValue(tree: Tree, path: string, location: JSONPath, value: unknown): void {
  const text = tree.read(path, 'utf-8') ?? '{}\n';
  const present = nodeAt(text, location);
  if (present) {
    tree.write(path, splice(text, present.offset, present.offset + present.length, JSON.stringify(value)));
    return;
  }
  const parentPath = location.slice(0, -1);
  const key = String(location.at(-1));
  const parent = nodeAt(text, parentPath);
  if (parent?.type === 'object') tree.write(path, insertChild(text, parent, `${JSON.stringify(key)}: ${printed(text, parent, value)}`));
  else setJsonValue(tree, path, parentPath, { [key]: value });
}

/** Takes one property out; an object that it leaves empty stays, unless `dropEmpty` is set. */
export function removeJsonValue(tree: Tree, path: string, location: JSONPath, { dropEmpty = false } = {}): void {
  const text = tree.read(path, 'utf-8') ?? '';
  const property = nodeAt(text, location)?.parent;
  if (property?.type !== 'property' || !property.parent) return;
  const isOnly = property.parent.children?.length === 1;
  if (isOnly && dropEmpty && location.length > 1) removeJsonValue(tree, path, location.slice(0, -1));
  else tree.write(path, removeChild(text, property.parent, property));
}

/** Adds an entry at the end of an array, in the array's own layout (one line, or a line each). */
export function appendToJsonArray(tree: Tree, path: string, location: JSONPath, value: unknown): void {
  const text = tree.read(path, 'utf-8') ?? '{}\n';
  const array = nodeAt(text, location);
  if (array?.type === 'array') tree.write(path, insertChild(text, array, JSON.stringify(value)));
  else setJsonValue(tree, path, location, [value]);
}

/** Takes out the entries of an array that `matches`; an array that it leaves empty stays, unless `dropEmpty` is set. */
export function removeFromJsonArray(tree: Tree, path: string, location: JSONPath, matches: (value: unknown) => boolean, { dropEmpty = false } = {}): void {
  for (;;) {
    const text = tree.read(path, 'utf-8') ?? '';
    const array = nodeAt(text, location);
    const item = array?.children?.find((one) => matches(valueOf(one)));
    if (!array || !item) return;
    if (dropEmpty && array.children?.length === 1) return removeJsonValue(tree, path, location);
    tree.write(path, removeChild(text, array, item));
  }
}

function nodeAt(text: string, location: JSONPath): Node | undefined {
  const root = parseTree(text.replace(/^\uFEFF/, ' '), [], { allowTrailingComma: true });
  return root && (location.length === 0 ? root : findNodeAtLocation(root, location));
}

/** Inserts behind the last child, with the white space that stands before that one. */
function insertChild(text: string, parent: Node, child: string): string {
  const last = parent.children?.at(-1);
  const { eol, unit, margin } = layoutAt(text, parent);
  if (!last) {
    const content = unit !== undefined && parent.type === 'object' ? `${eol}${margin}${unit}${child}${eol}${margin}` : parent.type === 'object' ? ` ${child} ` : child;
    return splice(text, parent.offset + 1, parent.offset + 1, content);
  }
  const end = last.offset + last.length;
  return splice(text, end, end, `,${gapBefore(text, last.offset)}${child}`);
}

/** Removes a child with the comma and the white space between it and its neighbour. */
function removeChild(text: string, parent: Node, child: Node): string {
  const siblings = parent.children ?? [];
  const index = siblings.indexOf(child);
  const previous = siblings[index - 1];
  const next = siblings[index + 1];
  const end = child.offset + child.length;
  // A comment behind the previous entry's comma is the user's; only the comma goes.
  if (previous) {
    const comma = text.indexOf(',', previous.offset + previous.length);
    const between = text.slice(comma + 1, child.offset);
    const keepsComment = between.trim() !== '';
    return keepsComment ? splice(splice(text, comma + 1 + between.trimEnd().length, end, ''), comma, comma + 1, '') : splice(text, comma, end, '');
  }
  if (next) return splice(text, child.offset, next.offset, '');
  return splice(text, parent.offset + 1, parent.offset + parent.length - 1, '');
}

/** A new value below `parent`: an object has a line for each entry where the file's own have, as formatters leave it. */
function printed(text: string, parent: Node, value: unknown): string {
  const { eol, unit, margin } = layoutAt(text, parent);
  if (unit === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  return JSON.stringify(value, null, unit).split('\n').join(`${eol}${margin}${unit}`);
}

/** How the file is laid out: the indentation of one level (none for a file in one line), and that of the line on which `node` begins. */
function layoutAt(text: string, node: Node): { eol: string; unit: string | undefined; margin: string } {
  const lineStart = text.lastIndexOf('\n', node.offset) + 1;
  return {
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    unit: /^\{[ \t]*\r?\n([ \t]+)/.exec(text.trimStart())?.[1],
    margin: /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '',
  };
}

function gapBefore(text: string, offset: number): string {
  return /\s*$/.exec(text.slice(0, offset))?.[0] ?? '';
}

function splice(text: string, from: number, to: number, content: string): string {
  return text.slice(0, from) + content + text.slice(to);
}

function valueOf(node: Node): unknown {
  if (node.type === 'object') {
    return Object.fromEntries((node.children ?? []).map(({ children = [] }) => [children[0]?.value, children[1] && valueOf(children[1])]));
  }
  return node.type === 'array' ? (node.children ?? []).map(valueOf) : node.value;
}
