import type { Document, ParsedNode, YAMLSeq } from 'yaml';

/**
 * Lists in a user's YAML, changed by splicing its text at the place that the parser tells: printing the document back
 * would change what the team wrote.
 */

/** Where the parser stopped and why; undefined when it did not. */
export function yamlFailure({ errors: [error] }: Document | Document.Parsed<ParsedNode>): string | undefined {
  if (!error) return undefined;
  const { line = 1, col = 1 } = error.linePos?.[0] ?? {};
  return `line ${line}, column ${col}: ${error.code}`;
}

/** The text with lines added below the list's last entry, as deep as that; undefined when the list is not written as lines. */
export function addBelowLast(text: string, list: YAMLSeq, lines: readonly string[]): string | undefined {
  const [start = 0, end = 0] = (list.items.at(-1) as { range?: [number, number, number] } | undefined)?.range ?? [];
  if (list.flow || list.items.length === 0) return undefined;
  const dash = text.lastIndexOf('-', start);
  const indent = text.slice(text.lastIndexOf('\n', dash) + 1, dash);
  if (indent.trim() !== '') return undefined;
  const at = endOfEntry(text, end, indent.length);
  return text.slice(0, at) + indented(lines, indent, eolOf(text)) + text.slice(at);
}

/** The text without lines that {@link addBelowLast} added; undefined when they are not there as they were added. */
export function withoutLines(text: string, lines: readonly string[]): string | undefined {
  const [head = ''] = lines;
  for (const line of text.split(/\r?\n/).filter((one) => one.trimStart() === head)) {
    const block = indented(lines, line.slice(0, line.length - head.length), eolOf(text));
    const at = text.indexOf(block);
    if (at >= 0) return text.slice(0, at) + text.slice(at + block.length);
  }
  return undefined;
}

export function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function indented(lines: readonly string[], indent: string, eol: string): string {
  return lines.map((line) => eol + indent + line).join('');
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
