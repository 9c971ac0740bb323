import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultPlan, FaultyProxy } from '../../packages/nx-harden/src/testing/faulty-proxy';
import type { S3Server } from '../../packages/nx-harden/src/testing/s3-servers';

/** Where the backups of one fault go. */
export interface Place {
  to: string;
  endpoint?: string;
  /** A disk of its own. */
  folder?: string;
  remove?: () => void;
}

/** What a fault may break. */
export interface Lab {
  dir: string;
  s3: S3Server;
  proxy: FaultyProxy;
  /** From 0 to 1, by the seed of the run. */
  random: () => number;
  sleep: (ms: number) => Promise<unknown>;
  sql: (text: string) => Promise<unknown>;
  killChild: (pid: number, program: string) => void;
  terminateBackends: () => Promise<unknown>;
}

/** A backup that is under way. */
export interface Struck extends Lab {
  run: { pid: number; kill: (signal: NodeJS.Signals) => boolean };
  place: Place;
}

export interface Fault {
  name: string;
  title: string;
  /** Whether it can be done here; `lacking` says why not. */
  needs?: () => boolean;
  lacking?: string;
  throughProxy?: boolean;
  clock?: boolean;
  twoAtOnce?: boolean;
  options?: Record<string, unknown>;
  place?: (lab: Lab) => Place;
  strike?: (lab: Struck) => unknown;
  /** Sets right what outlives the backup. */
  heal?: (lab: Struck) => unknown;
}

const isRoot = (): boolean => process.getuid?.() === 0 && process.platform === 'linux';

const plan = (lab: Lab, fault: FaultPlan): void => void (lab.proxy.plans = [fault]);
const calm = (lab: Lab): void => void (lab.proxy.plans = []);

/** What is done to a backup at a random moment. */
export const FAULTS: Fault[] = [
  { name: 'pg_dump', title: '`pg_dump` killed', strike: (lab) => lab.killChild(lab.run.pid, 'pg_dump') },
  { name: 'pg_restore', title: 'the verifying `pg_restore` killed', strike: (lab) => lab.killChild(lab.run.pid, 'pg_restore') },
  { name: 'backend', title: 'a backend of PostgreSQL terminated', strike: (lab) => lab.terminateBackends() },
  {
    name: 's3-restart',
    title: 'S3 server killed, and started again after a second',
    strike: async (lab) => {
      await lab.s3.kill();
      await lab.sleep(1000);
      await lab.s3.start();
    },
  },
  { name: 'cut', title: 'connections to S3 cut', throughProxy: true, strike: (lab) => lab.proxy.cutAll() },
  { name: 'lost', title: 'S3 does what it is asked, and its answers are lost', throughProxy: true, strike: (lab) => plan(lab, { fault: { mode: 'lost-answer' }, times: 2 }), heal: calm },
  { name: 'cut-for-good', title: 'S3 unreachable from then on', throughProxy: true, options: { patienceMs: 3000 }, strike: (lab) => (plan(lab, { fault: { mode: 'cut' } }), lab.proxy.cutAll()), heal: calm },
  { name: 'slow', title: 'S3 slowed down to 4 MB a second', throughProxy: true, strike: (lab) => plan(lab, { fault: { mode: 'slow', bytesPerSecond: 4e6 } }), heal: calm },
  { name: 'storm-500', title: 'S3 answers 500 to every other request', throughProxy: true, strike: (lab) => plan(lab, { fault: { mode: 'storm', status: 500 }, when: () => lab.random() < 0.5 }), heal: calm },
  { name: 'storm-503', title: 'S3 answers 503 to everything for two seconds', throughProxy: true, strike: (lab) => (plan(lab, { fault: { mode: 'storm', status: 503 } }), lab.sleep(2000).then(() => calm(lab))), heal: calm },
  {
    name: 'disk-full',
    title: 'disk full (a folder on a small disk)',
    needs: isRoot,
    lacking: 'it takes root on Linux to make a small disk',
    place: (lab) => {
      const folder = join(lab.dir, 'disk');
      mkdirSync(folder);
      const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', folder], { encoding: 'utf-8' });
      if (status !== 0) throw new Error(`No small disk: ${stderr}`);
      return { to: `file://${folder}/backups`, folder, remove: () => void spawnSync('umount', [folder]) };
    },
    // Somebody else's file takes all that is free; it is gone again when the backup has ended.
    strike: (lab) => void spawnSync('sh', ['-c', 'cat /dev/zero > "$1"', 'sh', join(lab.place.folder ?? '', 'filler')], { stdio: 'ignore' }),
    heal: (lab) => rmSync(join(lab.place.folder ?? '', 'filler'), { force: true }),
  },
  { name: 'SIGINT', title: 'SIGINT (Ctrl-C)', strike: (lab) => lab.run.kill('SIGINT') },
  { name: 'SIGTERM', title: 'SIGTERM', strike: (lab) => lab.run.kill('SIGTERM') },
  { name: 'SIGKILL', title: 'SIGKILL', strike: (lab) => lab.run.kill('SIGKILL') },
  { name: 'clock', title: 'clock jumps by up to 20 years', clock: true },
  { name: 'two', title: 'two backups at once', twoAtOnce: true },
  {
    name: 'drop',
    title: 'a table dropped while dumping',
    strike: (lab) => lab.sql('DROP TABLE IF EXISTS victim'),
    heal: (lab) => lab.sql('CREATE TABLE IF NOT EXISTS victim AS SELECT generate_series(1, 1000) AS a'),
  },
];
