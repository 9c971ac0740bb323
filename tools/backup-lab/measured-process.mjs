import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** How often memory is looked at. VmHWM is a high-water mark, so only what is reached in the last of these is missed. */
const EVERY_MS = 50;

/**
 * @typedef {object} Measured
 * @property {number} seconds wall time from the start to the end of the process
 * @property {number} peakBytes the most memory that this process itself had, without its children; 0 where /proc is not
 * @property {number} fileBytes the most that lay in the watched folder at a time, beyond what was there before
 * @property {string} out what it wrote to stdout
 */

/**
 * Runs a program to its end, and throws with what it said when it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, stdout?: 'keep' | 'ignore', watch?: string }} [options]
 * `watch` is a folder of which it is told how much it came to hold: temporary files
 * @returns {Promise<Measured>}
 */
export async function measure(command, args, { cwd, env = process.env, stdout = 'keep', watch } = {}) {
  const start = performance.now();
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', stdout === 'keep' ? 'pipe' : 'ignore', 'pipe'] });
  let out = '';
  let said = '';
  let peakBytes = 0;
  let fileBytes = 0;
  const before = watch ? bytesIn(watch) : 0;
  child.stdout?.setEncoding('utf-8').on('data', (text) => (out += text));
  child.stderr?.setEncoding('utf-8').on('data', (text) => (said += text));
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
    if (watch) fileBytes = Math.max(fileBytes, bytesIn(watch) - before);
  }, EVERY_MS);
  let ended = 0;
  child.once('exit', () => (ended = performance.now()));
  try {
    const [status, signal] = await once(child, 'close');
    if (status !== 0) throw new Error(`${command} ${args[0] ?? ''} failed (${status ?? signal}):\n${out.slice(-2000)}${said.slice(-4000)}`);
  } finally {
    clearInterval(timer);
  }
  return { seconds: (ended - start) / 1000, peakBytes, fileBytes, out };
}

/** @param {number | undefined} pid */
function peakOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/status`, 'utf-8').match(/^VmHWM:\s+(\d+) kB/m)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** @param {string} dir @returns {number} */
function bytesIn(dir) {
  // What is gone between the two looks had no part in it.
  return readdirSync(dir, { recursive: true, encoding: 'utf-8' }).reduce((sum, path) => sum + (statSync(join(dir, path), { throwIfNoEntry: false })?.size ?? 0), 0);
}
