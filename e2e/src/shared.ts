import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packPlugin } from './package.ts';
import { startRegistry } from './registry.ts';
import { makeTempDir } from './temp.ts';

/** What all end-to-end tests stand on: the packed plugin, and a registry that has it. */
export interface Shared {
  dir: string;
  tarball: string;
  registryUrl: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    shared: Shared;
  }
}

/** Packs and publishes once for all files; vitest calls it before the first one and what it returns after the last. */
export default async function setup({ provide }: { provide: (key: 'shared', value: Shared) => void }): Promise<() => Promise<void>> {
  const { path, remove } = await makeTempDir('e2e');
  await mkdir(join(path, 'tarball'));
  const tarball = await packPlugin(join(path, 'tarball'));
  const registry = await startRegistry(join(path, 'registry'), tarball);
  provide('shared', { dir: path, tarball, registryUrl: registry.url });
  return async () => {
    await registry.stop();
    await remove();
  };
}
