import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import * as tls from 'node:tls';
import type { Connection } from './connection';
import type { PgPrograms, ProgramName } from './pg-programs';

/** What libpq reads from its environment: no password among it, which lies in a file that only we may read. */
export interface LibpqEnvironment {
  env: Record<string, string>;
  /** Files that `env` names, for a container to see. */
  files: string[];
  dispose(): void;
}

/** Settings of ours that a child may see: what a program needs to run, and nothing that holds a secret. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'SYSTEMROOT', 'LD_LIBRARY_PATH', 'PGCONNECT_TIMEOUT', 'KRB5CCNAME'];
const DEFAULT_CONNECT_TIMEOUT = '15';

/** Writes the 0600 password file and names the rest; `options` are settings of the server for these sessions. */
export function libpqEnvironment(connection: Connection, options: Record<string, string> = {}): LibpqEnvironment {
  removeLeftOvers();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  chmodSync(folder, 0o700);
  const passFile = join(folder, 'pgpass');
  const { host, port, user, database, password } = connection;
  // libpq looks a password up by what the connection names as its host; a tunnel does not change that.
  writeFileSync(passFile, password === undefined ? '' : `*:*:*:${escaped(user)}:${escaped(password)}\n`, { mode: 0o600 });
  const isChecked = connection.sslMode === 'verify-ca' || connection.sslMode === 'verify-full';
  // libpq checks the chain in other modes too when it finds a file of authorities, which the URL did not ask for.
  const rootCert = connection.sslRootCert ?? (isChecked ? writeTrusted(folder) : join(folder, 'none'));
  const env: Record<string, string> = {
    ...Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] !== undefined ? [[name, process.env[name]]] : []))),
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGDATABASE: database,
    PGSSLMODE: connection.sslMode,
    PGPASSFILE: passFile,
    PGAPPNAME: 'nx-harden',
    PGCONNECT_TIMEOUT: process.env['PGCONNECT_TIMEOUT'] ?? DEFAULT_CONNECT_TIMEOUT,
    ...(connection.hostAddress && { PGHOSTADDR: connection.hostAddress }),
    PGSSLROOTCERT: rootCert,
    ...(connection.sslCert && { PGSSLCERT: connection.sslCert }),
    ...(connection.sslKey && { PGSSLKEY: connection.sslKey }),
    ...(Object.keys(options).length > 0 && { PGOPTIONS: Object.entries(options).map(([name, value]) => `-c ${name}=${value}`).join(' ') }),
  };
  const files = [passFile, ...(isChecked || connection.sslRootCert ? [rootCert] : []), connection.sslCert, connection.sslKey].filter((file) => file !== undefined);
  const dispose = (): void => {
    process.off('exit', dispose);
    rmSync(folder, { recursive: true, force: true });
  };
  // A second Ctrl-C ends us at once.
  process.on('exit', dispose);
  return { env, files, dispose };
}

const PREFIX = 'nx-harden-libpq-';

/** A run that was killed could not remove its password; the next one does. */
function removeLeftOvers(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length).split('-')[0]);
    if (isRunning(pid)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch (error) {
      // That of another user is theirs to remove.
      if (!['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** libpq before 16 trusts no authority by itself; this gives every version those that Node trusts. */
function writeTrusted(folder: string): string {
  const path = join(folder, 'root.crt');
  // With those of NODE_EXTRA_CA_CERTS, where Node can tell them.
  const trusted = (tls as Partial<typeof tls>).getCACertificates?.('default') ?? tls.rootCertificates;
  writeFileSync(path, trusted.join('\n') + '\n', { mode: 0o600 });
  return path;
}

function escaped(text: string): string {
  return text.replace(/[\\:]/g, '\\$&');
}

export type PgProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** A run of one of PostgreSQL's clients. */
export interface PgRun {
  process: PgProcess;
  /** Rejects with {@link PgProgramFailure} unless it ended by itself and with 0. */
  done: Promise<void>;
}

/** A client that failed, with what it said. */
export class PgProgramFailure extends Error {
  constructor(
    readonly program: ProgramName,
    readonly said: string,
    reason: string,
  ) {
    super(said ? `${program} ${reason}: ${said}` : `${program} ${reason}.`);
  }
}

const KEPT_LINES = 12;

interface StartOptions {
  signal?: AbortSignal;
  onLine?: (line: string) => void;
  /** Its output is large: it gets a large buffer for it. */
  writesMuch?: boolean;
  /** Errors that it may go on after; with no other one it has not failed. */
  tolerated?: RegExp;
}

/** Starts a client. It is ended when the signal aborts. `onLine` gets what it says on standard error, which `--verbose` fills. */
export function startPg(programs: PgPrograms, program: ProgramName, args: readonly string[], libpq: LibpqEnvironment | undefined, { signal, onLine, writesMuch = false, tolerated }: StartOptions = {}): PgRun {
  const env = libpq?.env ?? Object.fromEntries(PASSED_ON.flatMap((name) => (process.env[name] !== undefined ? [[name, process.env[name]]] : [])));
  const command = (writesMuch ? buffered : (plain: Command) => plain)(programs.command(program, { files: libpq?.files ?? [], env: Object.keys(libpq?.env ?? {}).filter((name) => name.startsWith('PG')) }));
  // Of a process group of its own: Ctrl-C reaches us alone, and we end it in order.
  const child = spawn(command.file, [...command.args, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32', windowsHide: true });
  return { process: child, done: outcome(child, program, signal, onLine, tolerated) };
}

type Command = ReturnType<PgPrograms['command']>;

/**
 * pg_dump writes some 4 KB at a time, and whoever reads pays for each. GNU's stdbuf gives it a larger buffer; where that
 * is not, as on macOS, or the program is in a container, the output is the same.
 */
function buffered({ file, args }: Command): Command {
  const stdbuf = process.platform === 'linux' && args.length === 0 && existsSync(file) ? ['/usr/bin/stdbuf', '/bin/stdbuf'].find((path) => existsSync(path)) : undefined;
  return stdbuf ? { file: stdbuf, args: ['--output=1M', file] } : { file, args };
}

function outcome(child: PgProcess, program: ProgramName, signal: AbortSignal | undefined, onLine?: (line: string) => void, tolerated?: RegExp): Promise<void> {
  let borne = 0;
  let wrong = 0;
  const complaints: string[] = [];
  const hear = lineReader((line) => {
    onLine?.(line);
    if (tolerated?.test(line)) borne += 1;
    else if (/\berror:/i.test(line)) wrong += 1;
    // With --verbose most lines tell of progress; a failure is told by these.
    if (/(error|fatal|panic|warning|detail|hint|could not|failed|unable|invalid|refused|aborting|unexpected|mismatch|timeout|expired|restricted)/i.test(line)) complaints.push(line);
    if (complaints.length > KEPT_LINES) complaints.splice(KEPT_LINES / 2, 1);
  });
  child.stderr.setEncoding('utf-8').on('data', hear);
  // It may end before it has read all; that is told by its exit code.
  child.stdin.on('error', () => undefined);
  return new Promise<void>((resolve, reject) => {
    const end = (): void => endProcess(child);
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end, { once: true });
    child.on('error', (error: NodeJS.ErrnoException) => reject(new PgProgramFailure(program, '', error.code === 'ENOENT' ? 'is not there' : `could not be started (${error.code ?? error.message})`)));
    child.on('close', (code, by) => {
      signal?.removeEventListener('abort', end);
      const isBorne = code === 1 && borne > 0 && wrong === 0;
      if ((code === 0 || isBorne) && by === null) resolve();
      else reject(new PgProgramFailure(program, tidy(complaints, program), by ? `was ended by ${by}` : `failed with ${code}`));
    });
  });
}

/** A line at a time, from chunks of text. */
export function lineReader(onLine: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line);
  };
}

/** What it said, without its name before each line, in one. */
function tidy(lines: readonly string[], program: string): string {
  return lines.map((line) => line.replace(new RegExp(`^${program}: (error: )?`), '').trim()).join('; ');
}

const GRACE_MS = 5_000;

/** Asks a process and what it has started to end, and ends them when they do not. It leads a process group of its own. */
export function endProcess(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  killGroup(child, 'SIGTERM');
  const timer = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
  timer.unref();
  child.once('close', () => clearTimeout(timer));
}

/** Without a group, as on Windows, the process alone. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (process.platform === 'win32' || child.pid === undefined) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    // It ended in between.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
