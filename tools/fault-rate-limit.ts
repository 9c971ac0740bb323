/**
 * Breaks the Redis behind the rate limits in all the ways that its client can see, under load, and looks at what becomes
 * of the requests. Writes the table into docs/capabilities/rate-limit.md.
 *
 *     jiti tools/fault-rate-limit.ts [--seconds=5] [--only=slow,token] [--no-write]
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { REDIS_FAULTS, startFaultLab, type FaultFigures } from '../packages/nx-harden/src/testing/rate-limit-faults';
import { needPlace, numberOf, say, table, writeFigures } from './figures.mjs';
import { onInterrupt } from './on-interrupt.mjs';

const PAGE = join(import.meta.dirname, '../docs/capabilities/rate-limit.md');
const HEAD = ['Redis…', 'requests', 'p50', 'p99', 'slowest', 'errors', 'calls of a client with 20 a window', 'sign-in (`closed`)', 'lines in the log', 'counts again'];
const SECONDS = numberOf('seconds', 5);
const ONLY = process.argv.find((arg) => arg.startsWith('--only='))?.slice('--only='.length).split(',') ?? [''];
const isWritten = !process.argv.includes('--no-write') && ONLY[0] === '';
if (isWritten) needPlace(PAGE, 'faults');

const lab = await startFaultLab();
onInterrupt(lab.stop);
const rows: string[][] = [];
let isAllWell = true;
try {
  for (const { name, fault, isHidden = false } of REDIS_FAULTS.filter((one) => ONLY.some((word) => one.name.includes(word)))) {
    const figures = await lab.run(fault, SECONDS * 1000);
    const wrong = wrongIn(figures, isHidden);
    isAllWell &&= wrong.length === 0;
    say(`Redis ${name}: ${wrong.join('; ') || 'as it should be'}`);
    rows.push(rowOf(name, figures));
  }
} finally {
  await lab.stop();
}
const figures = table(HEAD, rows);
console.log(`\n${figures}`);
if (isWritten) {
  const versions = `${new Date().toISOString().slice(0, 10)}: ${SECONDS} s of each fault, 18 clients at a time, milliseconds; p50 and p99 of the requests that were let through, before, in and after the fault. Node ${process.versions.node}, ${process.platform}, ${cpus().length} cores.`;
  writeFigures(PAGE, 'faults', `${figures}\n\n${versions}`);
}
process.exitCode = isAllWell ? 0 : 1;

function rowOf(name: string, { requests, p50, p99, slowest, errors, most, closed, lines, isBack }: FaultFigures): string[] {
  const signIn = closed.map((one) => one.replace(/^(\d+) (\S+) .*$/, (_, status, after) => (after === 'null' ? status : `${status}, Retry-After ${after}`)));
  return [name, String(requests), p50.toFixed(1), p99.toFixed(0), slowest.toFixed(0), String(errors.length), String(most), signIn.join(' or '), String(lines.length), isBack ? 'yes' : '**no**'];
}

/** What is not as it is promised. */
function wrongIn({ errors, slowest, most, limit, lines, closed, isBack }: FaultFigures, isHidden: boolean): string[] {
  return [
    ...errors.slice(0, 3),
    ...(slowest > 500 ? [`a request took ${slowest.toFixed(0)} ms`] : []),
    ...(most > limit ? [`${most} calls of one client in a window`] : []),
    ...(lines.length === (isHidden ? 0 : 2) ? [] : [`${lines.length} lines: ${lines.join(' ')}`]),
    ...(closed.join() === (isHidden ? '200 null true' : '503 5 false') ? [] : [`a closed policy answered ${closed.join(' or ')}`]),
    ...(isBack ? [] : ['it did not count again']),
  ];
}
