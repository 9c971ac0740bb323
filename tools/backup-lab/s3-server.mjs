import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, openSync, closeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';

const PLUGIN = join(import.meta.dirname, '../../packages/nx-harden/package.json');
const BUCKET = 'project-chronos-backups';

/**
 * @typedef {object} S3Server
 * @property {string} kind
 * @property {string} endpoint
 * @property {string} bucket that is there and empty
 * @property {Record<string, string>} env what the aws CLI and the SDK find it by
 * @property {number} pid
 * @property {() => Promise<void>} stop ends it and removes what it holds
 */

/**
 * Starts an S3 server on loopback with one bucket: s3rver of npm, or moto's of pip, which keeps all in memory. Throws with what it said when it does not start.
 * @param {'s3rver' | 'moto'} [kind]
 * @returns {Promise<S3Server>}
 */
export async function startS3Server(kind = 's3rver') {
  const dir = mkdtempSync(join(tmpdir(), `nx-harden-${kind}-`));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const logFile = join(dir, 'server.log');
  const log = openSync(logFile, 'w');
  const [command, args] = kind === 'moto' ? /** @type {const} */ (['moto_server', ['-H', '127.0.0.1', '-p', String(port)]]) : /** @type {const} */ ([process.execPath, [s3rverProgram(), '--directory', join(dir, 'buckets'), '--address', '127.0.0.1', '--port', String(port), '--configure-bucket', BUCKET, '--silent', '--no-vhost-buckets']]);
  const server = spawn(command, args, { cwd: dir, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  let failure = '';
  server.once('error', (error) => (failure = `${error.message}. Install it: ${kind === 'moto' ? "pip install 'moto[server]'" : 'pnpm install'}.`));
  const stop = async () => {
    if (server.pid && server.exitCode === null && server.signalCode === null) {
      // Its group: what pyenv and the like put on PATH is a shell around the server.
      process.kill(-server.pid, 'SIGKILL');
      await once(server, 'exit');
    }
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  const isThere = () => fetch(endpoint).then(() => true, () => false);
  for (let tries = 0; !(await isThere()); tries++) {
    if (!failure && server.exitCode === null && tries < 300) await sleep(100);
    else {
      const said = readFileSync(logFile, 'utf-8');
      await stop();
      throw new Error(`${kind} did not start on port ${port}. It said:\n${failure}${said}`);
    }
  }
  if (kind === 'moto') {
    const made = await fetch(`${endpoint}/${BUCKET}`, { method: 'PUT' });
    if (!made.ok) throw new Error(`moto made no bucket: ${made.status} ${await made.text()}`);
  }
  const config = join(dir, 'aws-config');
  writeFileSync(config, '[default]\nregion = us-east-1\n');
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: join(dir, 'no-credentials'),
  };
  return { kind, endpoint, bucket: BUCKET, env, pid: server.pid ?? 0, stop };
}

function s3rverProgram() {
  const packageJson = createRequire(PLUGIN).resolve('s3rver/package.json');
  const { bin } = JSON.parse(readFileSync(packageJson, 'utf-8'));
  return join(dirname(packageJson), typeof bin === 'string' ? bin : bin.s3rver);
}
