import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logger } from '@nx/devkit';
import { flushChanges, FsTree } from 'nx/src/generators/tree';
import { clearConfigCache } from 'prettier';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyCapabilities } from './apply-capabilities';
import { formatOwnFiles } from './format-own-files';
import { fixtures } from './testing/fixtures';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nx-harden-format-'));
  for (const [path, content] of Object.entries({ 'nx.json': '{}\n', ...fixtures[0]?.files, '.prettierrc': '{ "singleQuote": false, "semi": false, "tabWidth": 4 }' })) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  mkdirSync(join(dir, 'node_modules'));
  symlinkSync(join(require.resolve('prettier/package.json'), '..'), join(dir, 'node_modules/prettier'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true });
});

async function hardened(): Promise<FsTree> {
  const tree = new FsTree(dir, false);
  await applyCapabilities(tree, 'web', [{ id: 'headers', options: {} }, { id: 'vitest', options: {} }, { id: 'ci', options: {} }]);
  await formatOwnFiles(tree);
  return tree;
}

describe('the files that we own', () => {
  it("are laid out by the workspace's own Prettier, and are not taken for edited ones by the next run", async () => {
    const first = await hardened();
    flushChanges(dir, first.listChanges());
    const tree = new FsTree(dir, false);
    const config = tree.read('apps/web/vitest.config.mts', 'utf-8') ?? '';
    expect(config).toContain('import react from "@vitejs/plugin-react"\n');
    expect(config).toContain('\n    plugins: [react()],\n');
    const { steps } = await applyCapabilities(tree, 'web', [{ id: 'headers', options: {} }, { id: 'vitest', options: {} }, { id: 'ci', options: {} }]);
    await formatOwnFiles(tree);
    expect(steps).toEqual([]);
    expect(tree.listChanges()).toEqual([]);
  });

  it("leave the user's own files in their layout", async () => {
    const tree = await hardened();
    expect(tree.read('apps/web/next.config.js', 'utf-8')).toContain("const { withHardening } = require('./hardening/next-config.cjs');");
  });

  it('stay as they are where Prettier is ignored, and where it cannot be run, which is said', async () => {
    writeFileSync(join(dir, '.prettierignore'), 'apps/web/test\n');
    expect((await hardened()).read('apps/web/test/setup.ts', 'utf-8')).toContain("'vitest'");
    const warn = vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
    await clearConfigCache();
    writeFileSync(join(dir, '.prettierrc'), '{ "plugins": ["prettier-plugin-that-is-not-there"] }');
    expect((await hardened()).read('apps/web/vitest.config.mts', 'utf-8')).toContain("'@vitejs/plugin-react'");
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^Our files are not formatted: .*prettier-plugin-that-is-not-there.*nx format:write --uncommitted$/));
  });
});
