import { median, megabytes, spread, table } from '../figures.mjs';

/** @typedef {import('./measured-process.mjs').Measured} Measured */

/**
 * One way of doing something, with all its runs.
 * @typedef {object} Measurement
 * @property {string} title
 * @property {'plan' | 'floor' | 'ours'} kind
 * @property {Measured[]} runs
 * @property {number} stored bytes in the store after its last run
 */

/**
 * Backups: against `pg_dump` alone and against the plan's script.
 * @param {Measurement[]} ways
 */
export function backupTable(ways) {
  const plan = ways.find(({ kind }) => kind === 'plan');
  const floor = ways.find(({ kind }) => kind === 'floor');
  const rows = ways.map((way) => [
    way.title,
    ...timesOf(way),
    ratio(way, floor),
    way.kind === 'floor' ? '–' : ratio(plan, way),
    way.stored ? megabytes(way.stored) : '–',
    megabytes(Math.max(...way.runs.map(({ fileBytes }) => fileBytes))),
    way.kind === 'ours' ? megabytes(peakOf(way)) : '–',
  ]);
  return table(['backup', 'median, s', 'all, s', '`pg_dump` alone is 1', 'times faster than the plan', 'stored, MB', 'temporary files, MB', 'peak memory of Node, MB'], rows);
}

/**
 * Restores: against the first.
 * @param {Measurement[]} ways
 */
export function restoreTable(ways) {
  return table(['restore', 'median, s', 'all, s', 'ratio'], ways.map((way) => [way.title, ...timesOf(way), ratio(way, ways[0])]));
}

/**
 * The most memory of one database and of a larger one.
 * @param {{ small: Measurement, large: Measured }[]} pairs
 * @param {[number, number]} sizes of the two databases, in bytes of a plain dump
 */
export function memoryTable(pairs, sizes) {
  const rows = pairs.map(({ small, large }) => [small.title, megabytes(peakOf(small)), megabytes(large.peakBytes), (large.peakBytes / peakOf(small)).toFixed(2)]);
  return table(['peak memory of Node, MB', ...sizes.map((bytes) => `at ${megabytes(bytes)} MB`), 'ratio'], rows);
}

/** @param {Measurement} way */
function timesOf({ runs }) {
  const seconds = runs.map((run) => run.seconds);
  return [median(seconds).toFixed(1), spread(seconds)];
}

/** @param {Measurement | undefined} one @param {Measurement | undefined} other */
function ratio(one, other) {
  const of = (/** @type {Measurement | undefined} */ way) => median(way?.runs.map(({ seconds }) => seconds) ?? []);
  return (of(one) / of(other)).toFixed(2);
}

/** @param {Measurement} way */
function peakOf({ runs }) {
  return Math.max(...runs.map(({ peakBytes }) => peakBytes));
}
