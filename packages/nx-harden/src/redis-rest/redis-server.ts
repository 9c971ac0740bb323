import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardAgainstOrphan } from './orphan-guard';
import { findRedisProgram } from './redis-program';

/** A Redis server that keeps nothing, and that only this user reaches. */
export interface RedisServer {
  /** Path of its Unix socket. */
  socket: string;
  pid: number;
  /** Resolves when it has ended, with how. */
  ended: Promise<string>;
  /** Ends it and removes its folder; may be called more than once. */
  stop(): Promise<void>;
}

const START_SECONDS = 10;

/** Starts a Redis server of its own in a new folder. Throws what it said when it does not come up; nothing is left behind then. */
export async function startRedisServer(program = findRedisProgram()): Promise<RedisServer> {
  // mkdtemp lets in this user alone, and so the socket needs no password.
  const folder = await mkdtemp(join(tmpdir(), 'nx-harden-redis-'));
  const socket = join(folder, 'socket');
  try {
    // A program that is named otherwise, such as redis-check-rdb, is a server under this name.
    const named = join(folder, 'redis-server');
    await symlink(program, named);
    const child = spawn(named, ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no', '--daemonize', 'no', '--dir', folder, '--loglevel', 'warning'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Of a process group of its own: Ctrl-C reaches us alone, and we end it in order.
      detached: true,
    });
    return await untilItListens(watch(child), child, { folder, socket, program });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Watched {
  ended: Promise<string>;
  said: () => string;
}

function watch(child: ChildProcess): Watched {
  let said = '';
  const hear = (chunk: string): void => void (said = (said + chunk).slice(-4000));
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf-8').on('data', hear);
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ? `by ${signal}` : `with code ${code}`));
    child.once('error', (error) => {
      hear(error.message);
      resolve('before it began');
    });
  });
  return { ended, said: () => said.trim() };
}

async function untilItListens({ ended, said }: Watched, child: ChildProcess, { folder, socket, program }: { folder: string; socket: string; program: string }): Promise<RedisServer> {
  const { pid } = child;
  const callOff = pid === undefined ? () => undefined : guardAgainstOrphan(pid, folder);
  let end: string | undefined;
  // The number of a process that has ended may be another's soon: the guard must not know it any more.
  void ended.then((how) => {
    end = how;
    callOff();
  });
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!(await takesConnections(socket))) {
    await sleep(5);
    if (end === undefined && Date.now() < deadline) continue;
    const how = end === undefined ? `did not listen within ${START_SECONDS} s` : `ended ${end} while it started`;
    await endProcess(child, ended);
    throw new Error(`The Redis server ${program} ${how}: ${said() || 'it said nothing'}`);
  }
  const stop = async (): Promise<void> => {
    await endProcess(child, ended);
    await rm(folder, { recursive: true, force: true });
  };
  let stopping: Promise<void> | undefined;
  return { socket, pid: pid ?? 0, ended, stop: () => (stopping ??= stop()) };
}

/** Its socket is there a moment before anybody listens on it. */
function takesConnections(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('error', () => resolve(false));
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
  });
}

/** It has nothing to save, so that SIGTERM ends it at once unless a script keeps it busy. */
async function endProcess(child: ChildProcess, ended: Promise<string>): Promise<void> {
  for (const [signal, seconds] of [['SIGTERM', 1], ['SIGKILL', 5]] as const) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) break;
    child.kill(signal);
    await Promise.race([ended, sleep(seconds * 1000, undefined, { ref: false })]);
  }
  await ended;
}
