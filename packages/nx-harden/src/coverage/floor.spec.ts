import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { raiseFloor, readFloor, readReached } from './floor';
import { measureFloor } from './measure';

let dir: string;
const floorFile = (): string => join(dir, 'coverage-floor.json');
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nx-harden-floor-'));
  mkdirSync(join(dir, 'test-output/vitest'), { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true }));

function reached(percent: number, total = 10): void {
  const metric = { total, pct: percent };
  writeFileSync(join(dir, 'test-output/vitest/coverage-summary.json'), JSON.stringify({ total: { statements: metric, branches: { total: 0, pct: 100 }, functions: metric, lines: metric } }));
}
function floor(content: unknown): void {
  writeFileSync(floorFile(), typeof content === 'string' ? content : JSON.stringify(content));
}

it('rises to what was reached, rounded down, and metric by metric', () => {
  floor({ statements: 40, branches: 0, functions: 90, lines: 66 });
  reached(66.67);
  expect(raiseFloor(dir)).toEqual(['statements']);
  expect(readFloor(dir)).toEqual({ statements: 66, branches: 0, functions: 90, lines: 66 });
});

it('does not write when nothing rose', () => {
  const content = '{"statements":70,"branches":0,"functions":70,"lines":70}';
  floor(content);
  reached(50);
  expect(raiseFloor(dir)).toEqual([]);
  expect(readFileSync(floorFile(), 'utf-8')).toBe(content);
});

it('takes nothing to cover for nothing, and not for everything', () => {
  reached(80);
  expect(readReached(dir)).toEqual({ statements: 80, branches: 0, functions: 80, lines: 80 });
});

it.each([
  ['{ broken', /coverage-floor\.json is not valid JSON .* Take it back from git\./],
  ['{ "statements": 1, "branches": 1, "functions": 1 }', /coverage-floor\.json says no number for lines\. Write it like: \{ "statements": 0,/],
])('says what is wrong with %s', (content, message) => {
  floor(content);
  expect(() => readFloor(dir)).toThrow(message);
});

it('is not measured where the tests do not pass, and says what to do', async () => {
  mkdirSync(join(dir, 'node_modules/vitest'), { recursive: true });
  writeFileSync(join(dir, 'node_modules/vitest/package.json'), '{ "name": "vitest", "bin": { "vitest": "vitest.js" } }');
  writeFileSync(join(dir, 'node_modules/vitest/vitest.js'), 'console.log("1 failed"); process.exitCode = 1;');
  expect(await measureFloor(dir, 'web')).toMatch(/^The tests do not pass yet, so the coverage has no floor\. nx test web shows why:\n[^]*1 failed[^]*\nThen nx run web:coverage notes the floor\.$/);
});
