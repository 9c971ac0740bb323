import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './shell.ts';
import { editJson, NX_VERSION, put } from './workspace.ts';

/** Makes a pnpm workspace with Nx and puts an app into `apps/web`, as a team does that moves one in. `create` gets the folder of the apps. */
export async function createWorkspaceAround(dir: string, create: (apps: string) => Promise<void>): Promise<void> {
  await put(
    join(dir, 'package.json'),
    `${JSON.stringify({ name: 'acme', private: true, devDependencies: { '@nx/devkit': NX_VERSION, nx: NX_VERSION } }, null, 2)}\n`,
  );
  await put(join(dir, 'nx.json'), `${JSON.stringify({ analytics: false, defaultBase: 'main', targetDefaults: { build: { cache: true } } }, null, 2)}\n`);
  await put(
    join(dir, 'pnpm-workspace.yaml'),
    "packages:\n  - apps/*\nallowBuilds:\n  '@swc/core': true\n  esbuild: true\n  nx: true\n  sharp: true\n  unrs-resolver: true\n  '@parcel/watcher': false\n",
  );
  await put(join(dir, '.gitignore'), 'node_modules\n.next\n.nx\n*.tsbuildinfo\n.env*\n!.env.example\n*.db\n');
  await put(join(dir, 'apps/.gitkeep'), '');
  await create(join(dir, 'apps'));
  const app = join(dir, 'apps/web');
  // The workspace has one lockfile and one list of what may run at install.
  for (const file of ['pnpm-workspace.yaml', 'pnpm-lock.yaml', 'node_modules']) await rm(join(app, file), { recursive: true, force: true });
  await editJson(join(app, 'package.json'), (manifest) => {
    delete manifest['packageManager'];
  });
  await run('pnpm', ['install', '--no-frozen-lockfile'], dir);
}
