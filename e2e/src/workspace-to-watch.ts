import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scopeRegistry } from './registry.ts';
import { run } from './shell.ts';
import { letNextWriteItsTypes } from './typegen.ts';
import { createNextWorkspace, NEXT_VERSION, put } from './workspace.ts';

/** Makes a workspace with the plugin and two apps: `web`, with a database, and `shop`, in JavaScript with pages and without one. */
export async function createWorkspaceToWatch(parent: string, name: string, registryUrl: string): Promise<string> {
  const dir = await createNextWorkspace(parent, name);
  await put(join(dir, '.npmrc'), scopeRegistry(registryUrl));
  await put(join(dir, 'apps/web/.env.example'), 'DATABASE_URL=\n');
  await addPagesApp(join(dir, 'apps/shop'));
  await letNextWriteItsTypes(join(dir, 'apps/web'));
  await run('pnpm', ['exec', 'nx', 'add', '@chronos/nx-harden'], dir);
  return dir;
}

async function addPagesApp(app: string): Promise<void> {
  await put(join(app, 'package.json'), `${JSON.stringify({ name: '@watched/shop', version: '0.0.1', private: true, dependencies: { next: NEXT_VERSION, react: '^19.0.0', 'react-dom': '^19.0.0' } }, null, 2)}\n`);
  await put(join(app, 'next.config.js'), 'module.exports = {};\n');
  await put(join(app, 'pages/index.js'), 'export default function Page() {\n  return <h1>Shop</h1>;\n}\n');
}

/** What Next made at build time, and so serves without running anything: addresses of pages and routes. */
export async function prerendered(app: string): Promise<string[]> {
  const { routes } = JSON.parse(await readFile(join(app, '.next/prerender-manifest.json'), 'utf-8')) as { routes: Record<string, unknown> };
  return Object.keys(routes);
}
