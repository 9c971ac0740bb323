import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freePort } from './ports.ts';
import { startServer, type RunningServer } from './server.ts';

/** Serves a built Next app on a free loopback port; `url` of what it returns leads to `path`. */
export async function startNext(appDir: string, path = '', env: Record<string, string> = {}): Promise<RunningServer> {
  // Where the app's own imports find it: beside the app or at the workspace's root, as the package manager has it.
  const next = dirname(createRequire(join(appDir, 'package.json')).resolve('next/package.json'));
  const port = await freePort();
  return startServer('node', [join(next, 'dist/bin/next'), 'start', '--hostname', '127.0.0.1', '--port', String(port)], appDir, `http://127.0.0.1:${port}${path}`, { env });
}
