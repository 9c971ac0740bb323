import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Vitest counts, in percent. */
export type Metric = 'statements' | 'branches' | 'functions' | 'lines';
export type Floor = Record<Metric, number>;

/** Beside Vitest's config, which takes its thresholds from it. */
export const FLOOR_FILE = 'coverage-floor.json';
const SUMMARY_FILE = 'test-output/vitest/coverage-summary.json';
const METRICS: readonly Metric[] = ['statements', 'branches', 'functions', 'lines'];

/** A floor that nothing has been measured for yet. */
export const EMPTY_FLOOR = printFloor({ statements: 0, branches: 0, functions: 0, lines: 0 });

/** The floor of an app. Throws when its file is not one. */
export function readFloor(appDir: string): Floor {
  const path = join(appDir, FLOOR_FILE);
  const value = parse(path);
  const wrong = METRICS.find((metric) => typeof value[metric] !== 'number');
  if (wrong) throw new Error(`${path} says no number for ${wrong}. Write it like: ${EMPTY_FLOOR.replace(/\s+/g, ' ')}`);
  return value as Floor;
}

/** What the last run with coverage reached, rounded down: a floor between two numbers would fail by rounding. */
export function readReached(appDir: string): Floor {
  const { total } = parse(join(appDir, SUMMARY_FILE)) as { total?: Record<Metric, { total: number; pct: number }> };
  // Nothing to cover counts as 100 %, which the first line that is not covered would fall below.
  const percentOf = (metric: Metric): number => (total && total[metric].total > 0 ? Math.floor(total[metric].pct) : 0);
  return Object.fromEntries(METRICS.map((metric) => [metric, percentOf(metric)])) as Floor;
}

/** Raises the floor to what was reached, metric by metric; returns those that rose, and writes only if one did. */
export function raiseFloor(appDir: string): Metric[] {
  const floor = readFloor(appDir);
  const reached = readReached(appDir);
  const risen = METRICS.filter((metric) => reached[metric] > floor[metric]);
  if (risen.length > 0) writeFileSync(join(appDir, FLOOR_FILE), printFloor(Object.fromEntries(METRICS.map((metric) => [metric, Math.max(floor[metric], reached[metric])])) as Floor));
  return risen;
}

/** `statements 50 %, lines 50 %`. */
export function sayFloor(floor: Floor, metrics: readonly Metric[] = METRICS): string {
  return metrics.map((metric) => `${metric} ${floor[metric]} %`).join(', ');
}

function printFloor(floor: Floor): string {
  return `${JSON.stringify(floor, null, 2)}\n`;
}

function parse(path: string): Record<string, unknown> {
  if (!existsSync(path)) throw new Error(`${path} is not there.`);
  try {
    return JSON.parse(readFileSync(path, 'utf-8')) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`${path} is not valid JSON (${(error as Error).message}). Take it back from git.`, { cause: error });
  }
}
