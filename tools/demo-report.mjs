/** What the demo prints between its steps. */
import { stripVTControlCharacters } from 'node:util';

const SHOWN = [
  'strict-transport-security',
  'content-security-policy',
  'content-security-policy-report-only',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'permissions-policy',
  'cross-origin-opener-policy',
  'x-powered-by',
  'cache-control',
];

/**
 * Reads the headers of one page that say something about its protection.
 * @param {string} url
 * @returns {Promise<Map<string, string>>}
 */
export async function fetchHeaders(url) {
  const { headers } = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(30_000) });
  return new Map(SHOWN.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? '']] : [])));
}

/**
 * The headers before and after, a line each; what is long is cut where the line ends.
 * @param {Map<string, string>} before
 * @param {Map<string, string>} after
 * @param {number} columns
 */
export function compareHeaders(before, after, columns) {
  const names = SHOWN.filter((name) => before.has(name) || after.has(name));
  const width = Math.max(...names.map((name) => name.length), 0);
  const cut = (/** @type {string} */ text) => (text.length > columns ? `${text.slice(0, columns - 1)}…` : text);
  return names.flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    const line = (/** @type {string} */ mark, /** @type {string} */ value) => cut(`  ${mark} ${name.padEnd(width)}  ${value}`);
    if (was === is) return [line(' ', is ?? '')];
    return [...(was === undefined ? [] : [line('-', was)]), ...(is === undefined ? [] : [line('+', is)])];
  }).join('\n');
}

/**
 * The audit's own lines, out of what `nx run <app>:audit` prints around them.
 * @param {string} output
 */
export function auditTable(output) {
  const lines = output.split('\n');
  const plain = lines.map(stripVTControlCharacters);
  const first = plain.findIndex((line) => /^[✓!✗→] \S+\/\S+ /.test(line));
  const last = plain.findIndex((line) => /: score \d+ of 100/.test(line));
  if (first < 0 || last < first) throw new Error(`nx printed no audit:\n${output}`);
  return lines.slice(first, last + 1).map((line) => `  ${line}`).join('\n');
}

/**
 * What Nx says of files that a generator touched, and what it left to a person.
 * @param {string} output
 */
export function generatorChanges(output) {
  const lines = output.split('\n');
  const files = lines.filter((line) => /^(CREATE|UPDATE|DELETE) /.test(line));
  const steps = lines.findIndex((line) => /left to you/.test(line));
  return [...files, ...(steps < 0 ? [] : ['', ...lines.slice(steps)])].map((line) => `  ${line}`).join('\n').trimEnd();
}
