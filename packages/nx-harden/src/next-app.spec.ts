import { describe, expect, it } from 'vitest';
import { readNextApp } from './next-app';
import { contentsOf, fixtures, treeOf } from './testing/fixtures';

function fixture(name: string) {
  const found = fixtures.find((one) => one.name.includes(name));
  if (!found) throw new Error(`no fixture is called ${name}`);
  return treeOf(found);
}

describe('readNextApp', () => {
  it.each(['web', '@acme/web', undefined])('finds an app that has no project.json by %s', (given) => {
    expect(readNextApp(fixture('create-nx-workspace'), given)).toMatchObject({
      name: '@acme/web',
      shortName: 'web',
      root: 'apps/web',
      baseDir: 'apps/web/src',
      appDir: 'apps/web/src/app',
      pagesDir: undefined,
      language: 'ts',
      nextVersion: '16.4.6',
      nextMajor: 16,
      configFile: 'apps/web/next.config.js',
      rootLayouts: ['apps/web/src/app/layout.tsx'],
      packageManager: { name: 'pnpm' },
      defaultBranch: 'main',
    });
  });

  it('reads what differs in older apps', () => {
    expect(readNextApp(fixture('Pages Router'))).toMatchObject({
      name: 'legacy', baseDir: 'apps/legacy', pagesDir: 'apps/legacy/pages', language: 'js', nextMajor: 14, packageManager: { name: 'yarn', version: '4.9.2' },
    });
    expect(readNextApp(fixture('standalone'))).toMatchObject({ name: 'solo', root: '.', proxyFile: 'middleware.ts', nextMajor: 15, packageManager: { name: 'bun' } });
    expect(readNextApp(fixture('Payload')).rootLayouts).toEqual(['apps/web/src/app/(frontend)/layout.tsx', 'apps/web/src/app/(payload)/layout.tsx']);
  });

  it('prefers the installed version to the range, and reads catalogs', () => {
    const tree = fixture('create-nx-workspace');
    tree.write('apps/web/package.json', JSON.stringify({ name: '@acme/web', dependencies: { next: 'catalog:' } }));
    tree.write('pnpm-workspace.yaml', "packages:\n  - 'apps/*'\ncatalog:\n  next: ^15.2.1\n");
    expect(readNextApp(tree, 'web').nextVersion).toBe('15.2.1');
    tree.write('node_modules/next/package.json', '{ "version": "15.5.3" }');
    expect(readNextApp(tree, 'web').nextVersion).toBe('15.5.3');
  });

  it('takes the default branch from the remote, then from nx.json', () => {
    const tree = fixture('create-nx-workspace');
    tree.write('nx.json', '{ "defaultBase": "origin/develop" }');
    expect(readNextApp(tree, 'web').defaultBranch).toBe('develop');
    tree.write('.git/refs/remotes/origin/HEAD', 'ref: refs/remotes/origin/production/deploy-2025-12-14\n');
    expect(readNextApp(tree, 'web').defaultBranch).toBe('production/deploy-2025-12-14');
  });

  it.each([
    ['nosuch', /There is no project "nosuch". Next apps here: @acme\/admin, @acme\/web\./],
    [undefined, /Which app\? .*Next apps here: @acme\/admin, @acme\/web\./],
    ['tool', /@acme\/tool \(apps\/tool\) is not a Next app/],
  ])('answers %s with one error that lists the choices', (given, message) => {
    const tree = fixture('beside another app');
    tree.write('apps/tool/package.json', '{ "name": "@acme/tool" }');
    const before = contentsOf(tree);
    expect(() => readNextApp(tree, given)).toThrow(message);
    expect(contentsOf(tree)).toEqual(before);
  });

  it('names both when the short name is not enough', () => {
    const tree = fixture('create-nx-workspace');
    tree.write('apps/other/package.json', JSON.stringify({ name: '@other/web', dependencies: { next: '16.0.0' } }));
    tree.write('apps/other/app/page.tsx', '');
    expect(() => readNextApp(tree, 'web')).toThrow('"web" could be @other/web or @acme/web. Use the full name.');
  });
});
