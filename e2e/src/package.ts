import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY, run } from './shell.ts';

export const PACKAGE_DIR = join(REPOSITORY, 'packages/nx-harden');

/** Packs the built plugin into a folder, as it would be published, and returns the tarball's path. */
export async function packPlugin(into: string): Promise<string> {
  await run('pnpm', ['pack', '--pack-destination', into], PACKAGE_DIR);
  const tarball = (await readdir(into)).find((file) => file.endsWith('.tgz'));
  if (!tarball) throw new Error(`pnpm pack left no tarball in ${into}. Is the plugin built? pnpm nx build nx-harden`);
  return join(into, tarball);
}
