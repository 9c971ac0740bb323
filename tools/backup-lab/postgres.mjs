import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, chmodSync, createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';

/**
 * @typedef {object} Postgres
 * @property {string} url of the database `postgres`, with user and password
 * @property {(database: string) => string} urlOf the same for another database
 * @property {string} bin folder of its programs
 * @property {string} version as in `15.18`
 * @property {string} logFile
 * @property {number} pid
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop ends it and removes its folder
 */

/**
 * Starts a PostgreSQL server on loopback in a folder of its own, with a password. It has PostgreSQL's own settings except
 * that `fsync` is off, so that a run of a benchmark does not wait for the disk of another. Run as root, it starts
 * the server as `postgres` or `nobody`. Throws when there are no programs, or with the server's log when it does not start.
 * @param {{ bin?: string, settings?: Record<string, string | number> }} [options]
 * `bin` holds initdb and postgres
 * @returns {Promise<Postgres>}
 */
export async function startPostgres({ bin = findBin(), settings = {} } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'nx-harden-postgres-'));
  const owner = ownerOfServer();
  const password = randomBytes(12).toString('hex');
  const data = join(dir, 'data');
  const passwordFile = join(dir, 'password');
  const logFile = join(dir, 'server.log');
  mkdirSync(data);
  chmodSync(data, 0o700);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner) [dir, data, passwordFile].forEach((path) => chownSync(path, owner.uid, owner.gid));
  const init = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'bench', `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'], { ...owner, cwd: dir, encoding: 'utf-8' });
  if (init.error || init.status !== 0) {
    rmSync(dir, { recursive: true, force: true });
    throw new Error(`initdb of ${bin} failed: ${init.error?.message ?? init.stderr}`);
  }
  const port = await freePort();
  const all = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', fsync: 'off', ...settings };
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...args], { ...owner, cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(logFile);
  server.stdout.pipe(log, { end: false });
  server.stderr.pipe(log, { end: false });
  // So that a program that has thrown is not kept alive by a server that it has not stopped.
  server.unref();
  const urlOf = (/** @type {string} */ database) => `postgresql://bench:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const stop = async (/** @type {NodeJS.Signals} */ signal = 'SIGINT') => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill(signal);
      const kill = setTimeout(() => server.kill('SIGQUIT'), 20_000);
      await once(server, 'exit');
      clearTimeout(kill);
    }
    log.end();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  const ready = join(bin, 'pg_isready');
  for (let tries = 0; spawnSync(ready, ['-q', '-h', '127.0.0.1', '-p', String(port)]).status !== 0; tries++) {
    if (server.exitCode === null && tries < 300) await sleep(100);
    else {
      const said = readFileSync(logFile, 'utf-8');
      await stop();
      throw new Error(`PostgreSQL of ${bin} did not start on port ${port}. It said:\n${said}`);
    }
  }
  const version = spawnSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf-8' }).stdout.match(/\d+(\.\d+)?/)?.[0] ?? '';
  return { url: urlOf('postgres'), urlOf, bin, version, logFile, pid: server.pid ?? 0, stop };
}

/** The folder with `initdb` and `postgres`: of the newest major in Debian's place, otherwise on PATH. */
function findBin() {
  const debian = '/usr/lib/postgresql';
  const majors = existsSync(debian) ? readdirSync(debian).filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...majors.map((major) => join(debian, major, 'bin')), ...(process.env['PATH'] ?? '').split(delimiter)];
  const found = folders.find((folder) => ['initdb', 'postgres', 'pg_isready'].every((program) => existsSync(join(folder, program))));
  if (!found) throw new Error(`There is no initdb in ${debian}/*/bin or on PATH: install the PostgreSQL server (Debian: postgresql; macOS: brew install postgresql).`);
  return found;
}

/** @returns {{ uid: number, gid: number } | undefined} whom the server runs as, when this process is root, whom it refuses */
function ownerOfServer() {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf-8').split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody: run this as another user.');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}
