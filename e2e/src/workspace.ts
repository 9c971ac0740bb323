import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './shell.ts';

export const NX_VERSION = '23.2.1';
export const NEXT_VERSION = '16.4.6';

type OnLine = (line: string) => void;

/** Makes a workspace with a Next app called `web`, as a new user does, and takes it to the newest Next. */
export async function createNextWorkspace(parent: string, name: string, onLine?: OnLine): Promise<string> {
  const preset = ['--preset=next', '--appName=web', '--nextAppDir=true', '--nextSrcDir=true', '--style=css', '--unitTestRunner=none', '--e2eTestRunner=none', '--linter=eslint'];
  await run('npx', ['--yes', `create-nx-workspace@${NX_VERSION}`, name, ...preset, '--pm=pnpm', '--nxCloud=skip', '--no-interactive'], parent, { onLine });
  const dir = join(parent, name);
  for (const manifest of ['package.json', 'apps/web/package.json']) {
    await editJson(join(dir, manifest), (content) => {
      const dependencies = content['dependencies'] as Record<string, string> | undefined;
      if (dependencies?.['next']) dependencies['next'] = NEXT_VERSION;
    });
  }
  await run('pnpm', ['install', '--no-frozen-lockfile'], dir, { onLine });
  return dir;
}

/** Gives the app what a hardening has to be careful with: media, and a private route. */
export async function addContent(dir: string): Promise<void> {
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  await put(join(dir, 'apps/web/public/images/logo.png'), png);
  await put(join(dir, 'apps/web/public/immutable/logo.0a1b2c.png'), png);
  await put(
    join(dir, 'apps/web/src/app/api/media/[name]/route.ts'),
    `export function GET() {\n  return new Response('private', { headers: { 'Cache-Control': 'private, no-store' } });\n}\n`,
  );
}

export async function put(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

export async function editJson(path: string, edit: (content: Record<string, unknown>) => void): Promise<void> {
  const content = JSON.parse(await readFile(path, 'utf-8')) as Record<string, unknown>;
  edit(content);
  await writeFile(path, `${JSON.stringify(content, null, 2)}\n`);
}
