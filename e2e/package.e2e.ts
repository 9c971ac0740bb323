import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { PACKAGE_DIR } from './src/package.ts';
import { attempt, REPOSITORY, run } from './src/shell.ts';

const { dir, tarball } = inject('shared');
const E2E = join(REPOSITORY, 'e2e');

describe('the package as it is published', () => {
  const installed = join(dir, 'installed');
  let files: string[];

  beforeAll(async () => {
    files = (await run('tar', ['-tzf', tarball], dir)).split('\n').map((file) => file.replace(/^package\//, ''));
    await run('mkdir', ['-p', installed], dir);
    await run('npm', ['init', '-y'], installed);
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=peer', '--legacy-peer-deps', tarball], installed);
  });

  it('is clean to publint', async () => {
    const { code, output } = await attempt('pnpm', ['exec', 'publint', tarball, '--strict'], E2E);
    expect(output).toContain('All good!');
    expect(code).toBe(0);
  });

  it('is clean to attw', async () => {
    const { code, output } = await attempt('pnpm', ['exec', 'attw', tarball, '--exclude-entrypoints', 'generators.json', 'executors.json'], E2E);
    expect(code, output).toBe(0);
  });

  it('holds schemas, templates and docs, and nothing of tests', async () => {
    const manifests = await Promise.all(['generators.json', 'executors.json'].map(async (file) => JSON.parse(await readFile(join(PACKAGE_DIR, file), 'utf-8'))));
    const entries = manifests.flatMap((manifest) => Object.values({ ...manifest.generators, ...manifest.executors })) as Record<string, string>[];
    for (const { factory, implementation, schema } of entries) {
      expect(files).toContain(`${(factory ?? implementation)?.replace('./', '')}.js`);
      expect(files).toContain(schema?.replace('./', ''));
    }
    expect(files).toEqual(expect.arrayContaining(['dist/capabilities/ci/files/ci.yml.template', 'dist/next-config/files/next-config.cjs.template', 'README.md', 'LICENSE', 'dist/docs/capabilities/headers.md']));
    expect(files.filter((file) => /spec|__fixtures__|testing|\.map$|test-output|src\//.test(file))).toEqual([]);
  });

  it('keeps the hot path of Nx light: plugin.ts loads itself, the reader of hardening.json and the list of targets', async () => {
    const script = "require('@chronos/nx-harden'); console.log(JSON.stringify(Object.keys(require.cache)))";
    const loaded = (JSON.parse(await run('node', ['-e', script], installed)) as string[]).map((path) => path.split('node_modules/').at(-1));
    expect(loaded.sort()).toEqual(['hardening-file', 'index', 'inferred-targets', 'plugin'].map((file) => `@chronos/nx-harden/dist/${file}.js`));
  });

  it('is as large as the README says', async () => {
    const bytes = await sizeOf(join(installed, 'node_modules'));
    const megabytes = Math.round(bytes / 1e5) / 10;
    const stated = /Installed, it takes (\d+(?:\.\d)?) MB/.exec(await readFile(join(REPOSITORY, 'README.md'), 'utf-8'))?.[1];
    expect(Math.abs(megabytes - Number(stated)), `${megabytes} MB are installed, the README says ${stated}`).toBeLessThanOrEqual(0.5);
  });
});

async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  const sizes = await Promise.all(entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
