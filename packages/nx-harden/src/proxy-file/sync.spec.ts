import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { applyCapabilities } from '../apply-capabilities';
import { readProxy } from '../edits/proxy';
import { readNextApp } from '../next-app';
import { removeCapabilities } from '../remove-capabilities';
import { contentsOf, fixtures, treeOf } from '../testing/fixtures';

const PROXY = 'apps/web/src/proxy.ts';
const NONCE = { id: 'headers', options: { nonce: true } };
const LIMITS = { id: 'rate-limit', options: {} };

function app(name: string): Tree {
  const found = fixtures.find((one) => one.name.includes(name));
  if (!found) throw new Error(`no fixture is called ${name}`);
  return treeOf(found);
}

const proxyOf = (tree: Tree, file = PROXY): string => tree.read(file, 'utf-8') ?? '';
const remove = (tree: Tree, ...ids: string[]) => removeCapabilities(tree, readNextApp(tree), ids, { leaveNoTrace: true });

describe('the proxy', () => {
  it.each([
    ['limits, then a nonce', [LIMITS, NONCE]],
    ['a nonce, then limits', [NONCE, LIMITS]],
  ])('of an app that has none holds both, in whatever order they come and go: %s', async (_, order) => {
    const tree = app('create-nx-workspace');
    const before = contentsOf(tree);
    for (const wanted of order) await applyCapabilities(tree, 'web', [wanted]);
    expect(proxyOf(tree)).toContain('withRateLimit(cspProxy, () => config)');
    expect(readProxy(tree, PROXY)).toMatchObject({ seam: 'limited', matcher: { kind: 'literal' } });
    const made = contentsOf(tree);
    await applyCapabilities(tree, 'web', [LIMITS, NONCE]);
    expect(contentsOf(tree)).toEqual(made);

    await remove(tree, 'rate-limit');
    expect(proxyOf(tree)).toContain('export const proxy = cspProxy;');
    expect(proxyOf(tree)).not.toContain('rate-limit');
    await applyCapabilities(tree, 'web', [LIMITS]);
    await applyCapabilities(tree, 'web', [{ id: 'headers', options: { nonce: false } }]);
    expect(proxyOf(tree)).toContain('withRateLimit();');
    expect(proxyOf(tree)).not.toContain('cspProxy');
    expect((await remove(tree, 'rate-limit', 'headers')).steps).toEqual([]);
    expect(contentsOf(tree)).toEqual(before);
  });

  it('that the team has written gets one seam for the limits, and is asked to call what answers', async () => {
    const tree = app('standalone');
    const before = contentsOf(tree);
    const { steps } = await applyCapabilities(tree, undefined, [LIMITS, NONCE]);
    expect(proxyOf(tree, 'middleware.ts')).toContain('export const middleware = withRateLimit(function middleware() {');
    expect(steps.filter(({ file }) => file === 'middleware.ts').map(({ lines }) => lines)).toEqual([expect.stringContaining('cspProxy')]);
    expect((await remove(tree, 'rate-limit', 'headers')).steps).toEqual([]);
    expect(contentsOf(tree)).toEqual(before);
  });

  it('of ours that the team has built upon keeps what is theirs, and loses the seam alone', async () => {
    const tree = app('create-nx-workspace');
    await applyCapabilities(tree, 'web', [LIMITS]);
    tree.write(PROXY, proxyOf(tree).replace('withRateLimit()', 'withRateLimit(team)').concat('\nfunction team() {\n  return undefined;\n}\n'));
    const edited = proxyOf(tree);
    expect((await applyCapabilities(tree, 'web', [{ id: 'rate-limit', options: { mode: 'report' } }])).steps).toEqual([]);
    expect(proxyOf(tree)).toBe(edited);
    expect((await remove(tree, 'rate-limit')).steps).toEqual([]);
    expect(proxyOf(tree)).toContain('export const proxy = team;');
    expect(proxyOf(tree)).not.toContain('withRateLimit');
  });

  it('lets go of what it no longer imports, whatever else is left to a person', async () => {
    const tree = app('standalone');
    await applyCapabilities(tree, undefined, [NONCE]);
    const withNonce = contentsOf(tree);
    await applyCapabilities(tree, undefined, [LIMITS]);
    const { steps } = await removeCapabilities(tree, readNextApp(tree), ['rate-limit']);
    expect(steps.map(({ file }) => file)).toContain('middleware.ts');
    expect(contentsOf(tree)).toEqual(withNonce);
  });

  it('keeps what it imports as long as a person has left it in', async () => {
    const tree = app('create-nx-workspace');
    await applyCapabilities(tree, 'web', [LIMITS, NONCE]);
    tree.write(PROXY, `// Ours.\n${proxyOf(tree)}`);
    const { steps } = await remove(tree, 'headers', 'rate-limit');
    expect(steps.map(({ file }) => file)).toContain(PROXY);
    const imported = [...proxyOf(tree).matchAll(/from '\.\/(hardening\/[\w-]+)'/g)].map(([, path]) => `apps/web/src/${path}.ts`);
    expect(imported.length).toBeGreaterThan(0);
    for (const path of imported) expect(tree.exists(path), path).toBe(true);
  });

  it('of the team is brought from what another version added to what this one does, and back to the byte', async () => {
    const tree = app("Clerk's middleware");
    const middleware = 'apps/web/src/middleware.ts';
    const before = contentsOf(tree);
    await applyCapabilities(tree, 'web', [LIMITS]);
    const now = proxyOf(tree, middleware);
    tree.write(middleware, now.replace('/api/:limited*', '/api/old/:limited*').replace('|webmanifest', ''));
    expect(proxyOf(tree, middleware)).not.toBe(now);
    expect((await applyCapabilities(tree, 'web', [LIMITS])).steps).toEqual([]);
    expect(proxyOf(tree, middleware)).toBe(now);
    tree.write(middleware, now.replace('/api/:limited*', '/api/old/:limited*'));
    expect((await remove(tree, 'rate-limit')).steps).toEqual([]);
    expect(contentsOf(tree)).toEqual(before);
  });

  it('gets the name that Next has for it, also after an update of Next', async () => {
    const tree = app('create-nx-workspace');
    const manifest = 'apps/web/package.json';
    tree.write(manifest, proxyOf(tree, manifest).replace('~16.4.6', '~15.5.0'));
    await applyCapabilities(tree, 'web', [LIMITS]);
    expect(proxyOf(tree, 'apps/web/src/middleware.ts')).toContain('export const middleware = withRateLimit();');
    expect(tree.exists(PROXY)).toBe(false);
    tree.write(manifest, proxyOf(tree, manifest).replace('~15.5.0', '~16.4.6'));
    await applyCapabilities(tree, 'web', [LIMITS]);
    expect(proxyOf(tree)).toContain('export const proxy = withRateLimit();');
    expect(tree.exists('apps/web/src/middleware.ts')).toBe(false);
  });
});
