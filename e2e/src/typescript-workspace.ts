import { join } from 'node:path';
import { run } from './shell.ts';
import { NX_VERSION, put } from './workspace.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** What the projects of the workspace are checked with. */
const TOOLS = {
  '@eslint/js': '^9.39.5',
  '@nx/devkit': NX_VERSION,
  eslint: '^9.39.5',
  nx: NX_VERSION,
  prettier: '^3.10.1',
  typescript: '~6.0.3',
  'typescript-eslint': '^8.73.0',
  vite: '^8.3.8',
  vitest: '~4.1.12',
};

/** Makes an Nx workspace of plain TypeScript: an app folder that Next's config marks as one, and two libraries, `b` on `a`. */
export async function createTypeScriptWorkspace(dir: string): Promise<void> {
  await put(join(dir, 'package.json'), json({ name: 'acme', private: true, devDependencies: TOOLS }));
  await put(join(dir, 'nx.json'), json({ analytics: false, defaultBase: 'main', targetDefaults: { lint: { cache: true }, test: { cache: true }, typecheck: { cache: true } } }));
  await put(
    join(dir, 'pnpm-workspace.yaml'),
    "packages:\n  - apps/*\n  - libs/*\nallowBuilds:\n  '@parcel/watcher': false\n  '@swc/core': true\n  esbuild: true\n  lefthook: true\n  nx: true\n  unrs-resolver: true\n",
  );
  await put(join(dir, '.gitignore'), 'node_modules\n.nx\n.env\n');
  await put(join(dir, '.prettierrc'), '{ "singleQuote": true }\n');
  await put(join(dir, '.prettierignore'), 'pnpm-lock.yaml\n.nx\n');
  await put(join(dir, 'eslint.config.mjs'), "import js from '@eslint/js';\nimport tseslint from 'typescript-eslint';\n\nexport default tseslint.config(js.configs.recommended, tseslint.configs.recommended);\n");
  await put(join(dir, 'libs/b/eslint.config.mjs'), "import base from '../../eslint.config.mjs';\n\nexport default [...base, { rules: { 'no-console': 'error' } }];\n");
  await project(dir, 'apps/web', {});
  await put(join(dir, 'apps/web/next.config.mjs'), 'export default {};\n');
  await put(join(dir, 'apps/web/src/app/[slug]/name.ts'), "export const name = 'page';\n");
  await project(dir, 'libs/a', {});
  await project(dir, 'libs/b', { '@acme/a': 'workspace:*' });
  await run('pnpm', ['install', '--no-frozen-lockfile'], dir);
}

async function project(dir: string, path: string, dependencies: Record<string, string>): Promise<void> {
  const scripts = { lint: 'eslint .', test: 'vitest run', typecheck: 'tsc --noEmit' };
  await put(join(dir, path, 'package.json'), json({ name: `@acme/${path.split('/')[1]}`, version: '0.0.1', private: true, type: 'module', scripts, dependencies }));
  const compilerOptions = { strict: true, module: 'esnext', moduleResolution: 'bundler', skipLibCheck: true, types: [] };
  await put(join(dir, path, 'tsconfig.json'), json({ compilerOptions, include: ['src'] }));
  await put(join(dir, path, 'src/double.ts'), 'export function double(value: number): number {\n  return value * 2;\n}\n');
  await put(join(dir, path, 'src/double.spec.ts'), "import { expect, it } from 'vitest';\nimport { double } from './double';\n\nit('doubles', () => {\n  expect(double(2)).toBe(4);\n});\n");
}
