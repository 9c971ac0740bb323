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

/** What stands for it in `config.matcher`. */
export function entryOf({ source, has }: AddedMatcher): string | { source: string; has: readonly HeaderCondition[] } {
  return has ? { source, has } : source;
}

const WIDTH = 100;

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

/** A literal as a formatter would lay it out that has `used` columns of its first line taken: on one line where it fits. */
export function printEntry(value: unknown, style: EntryStyle, indent: string, used = widthOf(indent)): string {
  const flat = printFlat(value, style.quote);
  // What it is followed by takes a column.
  if (typeof value !== 'object' || value === null || (!isListOfObjects(value) && used + flat.length < WIDTH)) return flat;
  const inner = indent + style.step;
  const [open, close, parts] = Array.isArray(value)
    ? ['[', ']', value.map((one: unknown) => printEntry(one, style, inner))]
    : ['{', '}', Object.entries(value).map(([key, one]) => `${key}: ${printEntry(one, style, inner, widthOf(inner) + key.length + 2)}`)];
  const lines = parts.map((part) => style.eol + inner + part).join(',');
  return open + lines + style.lastComma + style.eol + indent + close;
}

/** A string literal of this value. */
export function quoted(value: string, quote: string): string {
  return quote + value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
}

/** Prettier gives each of several objects a line. */
function isListOfObjects(value: object): boolean {
  return Array.isArray(value) && value.length > 1 && value.every((one) => typeof one === 'object');
}

function widthOf(indent: string): number {
  return indent.replaceAll('\t', '  ').length;
}
