import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderPart } from './parts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nx-harden-summary-'));
  put('test-summary.mjs', renderPart('test-summary.mjs', {}));
});
afterEach(() => rmSync(dir, { recursive: true }));

function put(path: string, content: unknown): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), typeof content === 'string' ? content : JSON.stringify(content));
}

function summary(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['test-summary.mjs', ...args], { cwd: dir, encoding: 'utf-8' });
}

describe('the summary of the unit tests', () => {
  const passed = { numPassedTests: 2, numPendingTests: 1, numTodoTests: 0, testResults: [] };

  it('has a row for each app, with its coverage, and says which was not run', () => {
    put('apps/web/test-output/vitest/results.json', passed);
    put('apps/web/test-output/vitest/coverage-summary.json', { total: { statements: { pct: 87.5 } } });
    const { stdout } = summary('vitest', 'apps/web', 'apps/admin');
    expect(stdout).toContain('| app | passed | failed | flaky | skipped | statements covered |');
    expect(stdout).toContain('| apps/web | 2 | 0 | 0 | 1 | 87.5 % |');
    expect(stdout).toContain('| apps/admin | not run |');
  });

  it('names what failed, with the first lines of why, whatever is in them', () => {
    const test = { status: 'failed', fullName: 'shows <b>|x', failureMessages: ['\u001b[31mexpected 1````\nto be 2\u001b[0m'] };
    const testResults = [
      { name: join(dir, 'apps/web/test/a.test.tsx'), status: 'failed', message: '', assertionResults: [test, { status: 'passed', fullName: 'works' }] },
      { name: join(dir, 'apps/web/test/b.test.tsx'), status: 'failed', message: 'Failed to resolve import', assertionResults: [] },
    ];
    put('apps/web/test-output/vitest/results.json', { ...passed, testResults });
    const { stdout } = summary('vitest', 'apps/web');
    expect(stdout).toContain('**apps/web: 2 failed**');
    expect(stdout).toContain('- shows \\<b\\>\\|x (`test/a.test.tsx`)\n\n  ````\n  expected 1\n  to be 2\n  ````');
    expect(stdout).toContain('- The file could not be run (`test/b.test.tsx`)');
    expect(stdout).not.toContain('works');
  });
});

describe('the summary of the end-to-end tests', () => {
  const spec = (title: string, status: string) => ({ title, file: 'smoke.spec.ts', tests: [{ projectName: 'mobile', status, results: [{}, { error: { message: `why ${title}` } }] }] });

  it('counts, and names the test with its project', () => {
    put('apps/web/test-output/playwright.json', { errors: [], stats: { expected: 5, skipped: 0, unexpected: 1, flaky: 1 }, suites: [{ specs: [spec('a', 'flaky')], suites: [{ specs: [spec('b', 'unexpected')] }] }] });
    const { stdout } = summary('playwright', 'apps/web');
    expect(stdout).toContain('| apps/web | 5 | 1 | 1 | 0 |');
    expect(stdout).toContain('- b \\[mobile\\] (`smoke.spec.ts`)\n\n  ````\n  why b');
    expect(stdout).not.toContain('why a');
  });

  it('says so when the server did not come up', () => {
    put('apps/web/test-output/playwright.json', { errors: [{ message: 'Process from config.webServer was not able to start.' }], stats: { expected: 0, skipped: 0, unexpected: 0, flaky: 0 }, suites: [] });
    expect(summary('playwright', 'apps/web').stdout).toMatch(/1 failed[\s\S]*was not able to start/);
  });
});

it('says how it is called', () => {
  expect(summary('jest', 'apps/web')).toMatchObject({ status: 2, stderr: expect.stringContaining('Usage:') });
});
