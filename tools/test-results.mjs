/** Counts what vitest's JSON reports say, so that nothing that did not run passes for success. */
import { readFileSync, statSync } from 'node:fs';

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} complaints - a line for each failure that is no failed test
 */

/**
 * Adds up the report of one project. Failed are: tests that failed, suites that did not load or hold no test, a report
 * that is not there or is empty, and skipped tests when no failure explains them.
 * @param {string} path
 * @returns {Tally}
 */
export function readResults(path) {
  if (!statSync(path, { throwIfNoEntry: false })) return { passed: 0, failed: 1, complaints: [`${path} was not written: the tests did not run to their end`] };
  return tallyReport(JSON.parse(readFileSync(path, 'utf-8')), path);
}

/**
 * @param {{ testResults?: { name: string, status: string, message?: string, assertionResults: { status: string, fullName: string }[] }[] }} report
 * @param {string} path
 * @returns {Tally}
 */
export function tallyReport({ testResults = [] }, path) {
  if (testResults.length === 0) return { passed: 0, failed: 1, complaints: [`${path} holds no test`] };
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const count = (/** @type {string} */ status) => tests.filter((test) => test.status === status).length;
  const complaints = [];
  for (const { name, status, message, assertionResults } of testResults) {
    const hasFailedTest = assertionResults.some((test) => test.status === 'failed');
    if (assertionResults.length === 0) complaints.push(`${name} ran no test${message ? `: ${message.split('\n')[0]}` : ''}`);
    else if (status === 'failed' && !hasFailedTest) complaints.push(`${name} failed outside its tests${message ? `: ${message.split('\n')[0]}` : ''}`);
  }
  const failed = count('failed') + complaints.length;
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  if (failed > 0) {
    if (skipped.length > 0) complaints.push(`${skipped.length} tests were skipped after that`);
    return { passed: count('passed'), failed, complaints };
  }
  return { passed: count('passed'), failed: skipped.length, complaints: skipped.map(({ fullName }) => `skipped, which counts as failed: ${fullName}`) };
}

/**
 * @param {Tally[]} tallies
 * @returns {Tally}
 */
export function addUp(tallies) {
  const sum = (/** @type {'passed' | 'failed'} */ key) => tallies.reduce((total, tally) => total + tally[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), complaints: tallies.flatMap(({ complaints }) => complaints) };
}
