import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type S3ServerKind = 's3rver' | 'moto';

/** An S3 server of its own: a process, a port, and a folder. */
export interface S3Server {
  kind: S3ServerKind;
  endpoint: string;
  /** Is there, and empty. */
  bucket: string;
  /** What the SDK and the aws CLI take credentials and region from; both servers take these. */
  env: Record<string, string>;
  pid(): number;
  /** Ends it at once, as a crash does; its port and folder stay. */
  kill(): Promise<void>;
  /** After `kill`, on the same port. s3rver has its objects again, moto keeps them in memory and has none. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

const BUCKET = 'backups';
const START_TRIES = 300;

/** Whether moto's server is on this machine (`pip install 'moto[server]'`) and can be run. */
export function hasMoto(): boolean {
  const isOnPath = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'moto_server')));
  return isOnPath && spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;
}

/** Starts a server on a free port of loopback. Throws with what it said when it does not start. */
export async function startS3Server(kind: S3ServerKind, parent = tmpdir()): Promise<S3Server> {
  const folder = mkdtempSync(join(parent, `nx-harden-${kind}-`));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const log = join(folder, 'server.log');
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    // Its group: what pyenv puts on PATH is a shell around the server.
    process.kill(-child.pid, 'SIGKILL');
    await exit;
  };
  const start = async () => {
    const [command, args] = programOf(kind, port, folder);
    const output = openSync(log, 'w');
    child = spawn(command, args, { cwd: folder, stdio: ['ignore', output, output], detached: true });
    closeSync(output);
    let failure = '';
    child.once('error', (error) => (failure = error.message));
    const isUp = () => fetch(endpoint).then(() => true, () => false);
    for (let tries = 0; !(await isUp()); tries++) {
      if (!failure && child.exitCode === null && tries < START_TRIES) await sleep(100);
      else {
        const said = readFileSync(log, 'utf-8');
        await kill();
        throw new Error(`${kind} did not start on port ${port}. ${failure}\n${said}`);
      }
    }
    if (kind === 'moto') await fetch(`${endpoint}/${BUCKET}`, { method: 'PUT' });
  };
  await start();
  return {
    kind,
    endpoint,
    bucket: BUCKET,
    env: { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER', AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: join(folder, 'no-config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials') },
    pid: () => child?.pid ?? 0,
    kill,
    start,
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function programOf(kind: S3ServerKind, port: number, folder: string): [string, string[]] {
  if (kind === 'moto') return ['moto_server', ['-H', '127.0.0.1', '-p', String(port)]];
  const program = join(dirname(require.resolve('s3rver/package.json')), 'bin/s3rver.js');
  // Its continuation tokens are enciphered by DES, which OpenSSL 3 has among its old ones only.
  return [process.execPath, ['--openssl-legacy-provider', program, '--directory', join(folder, 'buckets'), '--address', '127.0.0.1', '--port', String(port), '--configure-bucket', BUCKET, '--silent', '--no-vhost-buckets']];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
