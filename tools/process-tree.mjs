import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Ends a process and all that it has started, also what runs in a process group of its own. What does not heed SIGTERM
 * within `graceMs` is killed.
 * @param {number} root
 * @param {{ graceMs?: number }} [options]
 */
export async function endProcessTree(root, { graceMs = 3_000 } = {}) {
  await endAll([root, ...descendantsOf(root)], graceMs);
}

/**
 * Ends all that this process has started.
 * @param {{ graceMs?: number }} [options]
 */
export async function endChildren({ graceMs = 3_000 } = {}) {
  await endAll(descendantsOf(process.pid), graceMs);
}

/** @param {number[]} pids @param {number} graceMs */
async function endAll(pids, graceMs) {
  pids.forEach((pid) => signal(pid, 'SIGTERM'));
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline && pids.some((pid) => signal(pid, 0))) await sleep(50);
  pids.forEach((pid) => signal(pid, 'SIGKILL'));
}

/**
 * @param {number} root
 * @returns {number[]}
 */
function descendantsOf(root) {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf-8' });
  const parents = (stdout ?? '').trim().split('\n').map((line) => /** @type {[number, number]} */ (line.trim().split(/\s+/).map(Number)));
  const found = [root];
  for (const pid of found) found.push(...parents.filter(([, parent]) => parent === pid).map(([child]) => child));
  return found.slice(1);
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals | 0} name
 * @returns {boolean} whether there was such a process
 */
function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
