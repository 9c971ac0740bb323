import { spawn } from 'node:child_process';
import { connect as dial, createServer } from 'node:net';
import type { Connection } from './connection';
import { ConnectionError } from './connection';
import { endProcess } from './pg-process';

/** A way to the database through another host. */
export interface Tunnel {
  /** The same database, by the local end of the tunnel; its certificate is still checked for its own name. */
  connection: Connection;
  close(): void;
}

const OPENS_WITHIN_MS = 20_000;

/**
 * Opens a tunnel by the system's own `ssh`, with its keys, agent and known hosts: `user@host` or `user@host:port`.
 * Asks nothing: a host that is not known, or a key that wants a passphrase, is an error.
 */
export async function openTunnel(connection: Connection, destination: string, signal: AbortSignal): Promise<Tunnel> {
  const [, host = '', sshPort] = /^((?:[\w.-]+@)?[\w.-]+)(?::(\d+))?$/.exec(destination) ?? [];
  if (!host || host.startsWith('-')) throw new ConnectionError(`--ssh is "${destination}"; it is to be user@host, or user@host:port.`);
  const port = await freePort();
  const remote = connection.host.includes(':') ? `[${connection.host}]` : connection.host;
  const args = ['-N', '-T', '-o', 'BatchMode=yes', '-o', 'ExitOnForwardFailure=yes', '-o', 'ServerAliveInterval=15', '-o', 'ConnectTimeout=15', ...(sshPort ? ['-p', sshPort] : []), '-L', `127.0.0.1:${port}:${remote}:${connection.port}`, host];
  const child = spawn('ssh', args, { stdio: ['ignore', 'ignore', 'pipe'], detached: process.platform !== 'win32' });
  let said = '';
  let ended: string | undefined;
  child.stderr.setEncoding('utf-8').on('data', (chunk: string) => (said += chunk));
  child.on('error', (error: NodeJS.ErrnoException) => (ended = error.code === 'ENOENT' ? 'ssh is not installed' : error.message));
  child.on('close', (code) => (ended ??= said.trim().split('\n').at(-1) || `ssh ended with ${code}`));
  const close = (): void => endProcess(child);
  signal.addEventListener('abort', close, { once: true });
  const deadline = performance.now() + OPENS_WITHIN_MS;
  while (!(await answers(port))) {
    if (ended !== undefined || signal.aborted || performance.now() > deadline) {
      close();
      signal.throwIfAborted();
      throw new ConnectionError(`No tunnel through ${host}: ${ended ?? 'it did not open in time'}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { connection: { ...connection, hostAddress: '127.0.0.1', port }, close };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
