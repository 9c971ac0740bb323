import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder of a test's own. `NX_HARDEN_KEEP=1` keeps it, to look into; `NX_HARDEN_TMPDIR` says where it is made, for
 * a caller that removes it when the test itself is killed.
 */
export async function makeTempDir(name: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(process.env['NX_HARDEN_TMPDIR'] ?? tmpdir(), `nx-harden-${name}-`));
  const remove = async (): Promise<void> => {
    if (process.env['NX_HARDEN_KEEP']) console.log(`Kept: ${path}`);
    else await rm(path, { recursive: true, force: true, maxRetries: 5 });
  };
  return { path, remove };
}
