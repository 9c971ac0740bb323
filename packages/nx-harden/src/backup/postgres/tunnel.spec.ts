import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConnection } from './connection';
import { openTunnel } from './tunnel';

const folder = mkdtempSync(join(tmpdir(), 'nx-harden-tunnel-'));
const path = process.env['PATH'] ?? '';
let target: Server;
let door: InstanceType<typeof ssh2.Server>;
const asked: string[] = [];
const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

beforeAll(async () => {
  // What stands for the database says hello to whoever comes.
  target = createServer((socket) => socket.end('hello from behind'));
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));

  const host = ssh2.utils.generateKeyPairSync('ed25519');
  const user = ssh2.utils.generateKeyPairSync('ed25519');
  const allowed = ssh2.utils.parseKey(user.public);
  door = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
    client
      .on('authentication', (context) => {
        const isOurs = context.method === 'publickey' && !(allowed instanceof Error) && context.key.data.equals(allowed.getPublicSSH());
        return isOurs ? context.accept() : context.reject(['publickey']);
      })
      .on('ready', () =>
        client.on('tcpip', (accept, reject, { destIP, destPort }) => {
          asked.push(`${destIP}:${destPort}`);
          const onward = connect(destPort, '127.0.0.1').on('error', () => reject());
          onward.on('connect', () => onward.pipe(accept()).pipe(onward));
        }),
      )
      .on('error', () => undefined);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', () => resolve()));

  writeFileSync(join(folder, 'id'), user.private, { mode: 0o600 });
  writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${portOf(door)} ${host.public}\n`);
  writeFileSync(join(folder, 'config'), `Host *\n  IdentityFile ${folder}/id\n  IdentitiesOnly yes\n  UserKnownHostsFile ${folder}/known_hosts\n  GlobalKnownHostsFile /dev/null\n`);
  // The system's own ssh, with a configuration of this test's in place of the user's.
  const real = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf-8' }).trim();
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\nexec ${real} -F ${folder}/config "$@"\n`);
  chmodSync(join(folder, 'ssh'), 0o755);
  process.env['PATH'] = `${folder}:${path}`;
});
afterAll(() => {
  process.env['PATH'] = path;
  target?.close();
  door?.close();
  rmSync(folder, { recursive: true, force: true });
});

const signal = (): AbortSignal => new AbortController().signal;
const database = () => parseConnection(`postgres://u@db.internal:${portOf(target)}/d`, 'X');

describe('a tunnel', () => {
  it('leads to the database by its name, and the certificate stays that of the database', async () => {
    const { connection, close } = await openTunnel(database(), `me@127.0.0.1:${portOf(door)}`, signal());
    expect(connection).toMatchObject({ host: 'db.internal', hostAddress: '127.0.0.1', sslMode: 'verify-full' });
    expect(await text(connect(connection.port, '127.0.0.1'))).toBe('hello from behind');
    expect(asked).toContain(`db.internal:${portOf(target)}`);
    close();
  });

  it('is not opened by a key that is not known, nor to a host that is not', async () => {
    writeFileSync(join(folder, 'known_hosts'), '');
    await expect(openTunnel(database(), `me@127.0.0.1:${portOf(door)}`, signal())).rejects.toThrow(/^No tunnel through me@127\.0\.0\.1: Host key verification failed/);
    await expect(openTunnel(database(), 'me@127.0.0.1:1', signal())).rejects.toThrow(/^No tunnel through me@127\.0\.0\.1: .*refused/);
  });

  it.each(['-oProxyCommand=true', 'me@-oProxyCommand=true', 'a b', ''])('is not to %j', async (destination) => {
    await expect(openTunnel(database(), destination, signal())).rejects.toThrow('it is to be user@host');
  });
});
