import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readResults, tallyReport } from '../tools/test-results.mjs';

const suite = (statuses: string[], more: { status?: string; message?: string } = {}) => ({
  name: 'a.spec.ts',
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status, index) => ({ status, fullName: `test ${index}` })),
  ...more,
});

describe('what counts as failed', () => {
  it.each([
    ['nothing, when all passed', [suite(['passed', 'passed'])], { passed: 2, failed: 0 }],
    ['a failed test', [suite(['passed', 'failed'])], { passed: 1, failed: 1 }],
    ['a suite that did not load', [suite(['passed']), suite([], { status: 'failed', message: 'Cannot find module' })], { passed: 1, failed: 1 }],
    ['a suite without a test', [suite(['passed']), suite([])], { passed: 1, failed: 1 }],
    ['a suite that fails in its afterAll', [suite(['passed'], { status: 'failed' })], { passed: 1, failed: 1 }],
    ['a skipped test', [suite(['passed', 'skipped'])], { passed: 1, failed: 1 }],
    ['a test that is only planned', [suite(['passed', 'todo'])], { passed: 1, failed: 1 }],
    ['the failure alone, when tests were skipped because of it', [suite(['failed', 'skipped', 'skipped'])], { passed: 0, failed: 1 }],
    ['an empty report', [], { passed: 0, failed: 1 }],
  ])('%s', (_, testResults, expected) => {
    expect(tallyReport({ testResults }, 'results.json')).toMatchObject(expected);
  });

  it('a report that was not written', () => {
    expect(readResults(join(import.meta.dirname, 'nothing.json'))).toMatchObject({ passed: 0, failed: 1, complaints: [expect.stringContaining('was not written')] });
  });
});
