import { readdirSync, readFileSync } from 'node:fs';

/**
 * The processes that descend from one, by Linux's /proc.
 * @param {number} pid
 * @returns {{ pid: number, command: string }[]}
 */
export function childrenOf(pid) {
  const all = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).flatMap((entry) => read(Number(entry)));
  /** @type {{ pid: number, command: string }[]} */
  const found = [];
  for (let parents = [pid]; parents.length > 0; ) {
    const next = all.filter(({ parent }) => parents.includes(parent));
    found.push(...next);
    parents = next.map((one) => one.pid);
  }
  return found;
}

/** @param {number} pid */
function read(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf-8');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return [{ pid, parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf-8').replaceAll('\0', ' ') }];
  } catch {
    // It ended while we looked.
    return [];
  }
}
