/** What benchmarks share: options, figures, and the page that they go to. */
import { readFileSync, writeFileSync } from 'node:fs';

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/**
 * A table in Markdown.
 * @param {string[]} head
 * @param {string[][]} rows
 */
export function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** @param {number[]} seconds */
export function spread(seconds) {
  return `${Math.min(...seconds).toFixed(1)} to ${Math.max(...seconds).toFixed(1)}`;
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}

/**
 * Puts figures into a page between `<!-- name -->` and `<!-- /name -->`, a line each. Throws when the page has no such place.
 * @param {string} page path
 * @param {string} name
 * @param {string} figures
 */
export function writeFigures(page, name, figures) {
  needPlace(page, name);
  writeFileSync(page, readFileSync(page, 'utf-8').replace(placeOf(name), (_, begin, end) => `${begin}\n${figures}\n\n${end}`));
}

/**
 * Throws when a page has no place for figures of that name: better before an hour of measuring than after it.
 * @param {string} page path
 * @param {string} name
 */
export function needPlace(page, name) {
  if (!placeOf(name).test(readFileSync(page, 'utf-8'))) throw new Error(`${page} has no place for the figures: <!-- ${name} --> and <!-- /${name} -->, a line each.`);
}

/** @param {string} name */
function placeOf(name) {
  return new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
}

/**
 * A whole number of the command line, `--name=N`.
 * @param {string} name @param {number} otherwise
 */
export function numberOf(name, otherwise) {
  const given = process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  if (given === undefined) return otherwise;
  if (!/^[1-9]\d*$/.test(given)) throw new Error(`--${name} is ${given}; it has to be a whole number from 1.`);
  return Number(given);
}

/** @param {string} line */
export function say(line) {
  console.log(`[${new Date().toISOString().slice(11, 19)}] ${line}`);
}
