import type { ScriptStyle } from './script-style';

/** A header that a request has to have; `value` is a pattern for all that it says. */
export interface HeaderCondition {
  type: 'header';
  key: string;
  value?: string;
}

/** A matcher of ours, and addresses which it is there for. */
export interface AddedMatcher {
  /** Its parameter is called `limited`: by that, an entry is known as ours wherever it stands. */
  source: string;
  has?: readonly HeaderCondition[];
  samples: readonly string[];
}

/** Whether an entry came for the limits, in this version or another: no user writes such a parameter by accident. */
export function isAdded(source: string): boolean {
  return /:limited(?!\w)/.test(source);
}

/** What stands for it in `config.matcher`. */
export function entryOf({ source, has }: AddedMatcher): string | { source: string; has: readonly HeaderCondition[] } {
  return has ? { source, has } : source;
}

/** Columns of a line. */
export const WIDTH = 100;

/** How a file is laid out, where an entry is written into it. */
export type EntryStyle = Pick<ScriptStyle, 'quote' | 'eol'> & {
  /** One step of indentation. */
  step: string;
  /** Behind the last part of what stands on lines of its own. */
  lastComma: ',' | '';
};

/** A literal on one line. */
export function printFlat(value: unknown, quote: string): string {
  if (Array.isArray(value)) return `[${value.map((one) => printFlat(one, quote)).join(', ')}]`;
  if (typeof value === 'string') return quoted(value, quote);
  if (typeof value !== 'object' || value === null) return String(value);
  const properties = Object.entries(value).map(([key, one]) => `${key}: ${printFlat(one, quote)}`);
  return `{ ${properties.join(', ')} }`;
}

/** A literal as a formatter would lay it out: on one line where it fits into the columns that there is `room` for. */
export function printEntry(value: unknown, style: EntryStyle, indent: string, room = roomBehind(indent) - 1): string {
  const flat = printFlat(value, style.quote);
  if (typeof value !== 'object' || value === null || (!isListOfObjects(value) && flat.length <= room)) return flat;
  const inner = indent + style.step;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const parts = Object.entries(value).map(([key, part], index, all) => {
    const name = Array.isArray(value) ? '' : `${key}: `;
    const comma = index < all.length - 1 ? ',' : style.lastComma;
    return style.eol + inner + name + printEntry(part, style, inner, roomBehind(inner + name) - comma.length) + comma;
  });
  return open + parts.join('') + style.eol + indent + close;
}

/** A string literal of this value. */
export function quoted(value: string, quote: string): string {
  return quote + value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
}

/** Prettier gives each of several objects a line. */
function isListOfObjects(value: object): boolean {
  return Array.isArray(value) && value.length > 1 && value.every((one) => typeof one === 'object');
}

function roomBehind(text: string): number {
  return WIDTH - text.replaceAll('\t', '  ').length;
}
