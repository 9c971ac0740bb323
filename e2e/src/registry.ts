import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { startServer, type RunningServer } from './server.ts';
import { REPOSITORY, run } from './shell.ts';

/** Starts an npm registry on loopback for the scope alone, and publishes a tarball to it. */
export async function startRegistry(dir: string, tarball: string): Promise<RunningServer> {
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const config = join(dir, 'config.yaml');
  await writeFile(
    config,
    JSON.stringify({
      storage: join(dir, 'storage'),
      auth: { htpasswd: { file: join(dir, 'htpasswd') } },
      packages: { '@chronos/*': { access: '$all', publish: '$all' } },
      log: { type: 'stdout', format: 'pretty', level: 'warn' },
    }),
  );
  const server = await startServer('node', [join(REPOSITORY, 'e2e/node_modules/verdaccio/bin/verdaccio'), '--config', config, '--listen', `127.0.0.1:${port}`], dir, url);
  await writeFile(join(dir, '.npmrc'), `${scopeRegistry(url)}//127.0.0.1:${port}/:_authToken=local\n`);
  await run('npm', ['publish', tarball, '--userconfig', join(dir, '.npmrc'), '--registry', url], dir);
  return server;
}

/** The line of an .npmrc that sends the plugin's scope to a registry, and nothing else. */
export function scopeRegistry(url: string): string {
  return `@chronos:registry=${url}\n`;
}
