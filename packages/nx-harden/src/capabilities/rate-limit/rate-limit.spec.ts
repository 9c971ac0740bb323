import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { applyCapabilities } from '../../apply-capabilities';
import { isAdded, readProxy } from '../../edits/proxy';
import { readNextApp } from '../../next-app';
import { contentsOf, fixtures, treeOf } from '../../testing/fixtures';
import { checkRateLimit } from './check';
import { LIMIT_MATCHERS } from './matchers';

const SETTINGS = 'apps/web/src/hardening/rate-limiter/settings.ts';
const POLICY = 'apps/web/src/hardening/rate-limit.ts';
/** As the guides of Upstash and many a plan have it. */
const COPIED = `import { Ratelimit } from '@upstash/ratelimit';
import { Redis } from '@upstash/redis';

const ratelimit = new Ratelimit({ redis: Redis.fromEnv(), limiter: Ratelimit.slidingWindow(10, '10 s') });

export async function proxy(request: Request) {
  const ip = request.headers.get('x-forwarded-for') ?? 'anonymous';
  const { success } = await ratelimit.limit(ip);
  if (!success) return new Response('Too many requests', { status: 429 });
}
`;

function app(name = 'create-nx-workspace'): Tree {
  const found = fixtures.find((one) => one.name.includes(name));
  if (!found) throw new Error(`no fixture is called ${name}`);
  return treeOf(found);
}

const apply = (tree: Tree, options: Record<string, unknown> = {}) => applyCapabilities(tree, undefined, [{ id: 'rate-limit', options }]);
const read = (tree: Tree, path: string): string => tree.read(path, 'utf-8') ?? '';
const findings = (tree: Tree) => Object.fromEntries(checkRateLimit(tree, readNextApp(tree)).map(({ check, ...rest }) => [check.replace('rate-limit/', ''), rest]));

describe('rate-limit', () => {
  it('passes all its checks, and warns while it only reports', async () => {
    const tree = app();
    expect(findings(tree)).toEqual({ limits: expect.objectContaining({ status: 'fail', fix: 'nx g @chronos/nx-harden:rate-limit web' }) });
    await apply(tree, { mode: 'report' });
    expect(findings(tree)).toMatchObject({
      limits: { status: 'pass' },
      reach: { status: 'pass' },
      mode: { status: 'warn', file: SETTINGS, fix: 'nx g @chronos/nx-harden:rate-limit web --mode=enforce' },
    });
    await apply(tree, { mode: 'enforce' });
    expect(Object.values(findings(tree)).map(({ status }) => status)).toEqual(['pass', 'pass', 'pass']);
  });

  it('changes its mode although the table was edited, and keeps the table', async () => {
    const tree = app();
    await apply(tree, { mode: 'report', trustedProxies: 2 });
    const edited = read(tree, POLICY).replace("'/api/:path*', limit: 10,", "'/api/:path*', limit: 20,");
    tree.write(POLICY, edited);
    expect((await apply(tree, { mode: 'enforce' })).steps).toEqual([]);
    expect(read(tree, POLICY)).toBe(edited);
    expect(read(tree, SETTINGS)).toContain("mode: 'enforce'");
    expect(read(tree, SETTINGS)).toContain('trustedProxies: 2');
  });

  it('spells each entry that it adds to a matcher so that the limiter knows it again', async () => {
    const tree = app();
    await apply(tree);
    const { matcher } = readProxy(tree, 'apps/web/src/proxy.ts');
    const entries = LIMIT_MATCHERS.map(({ source, has }) => ({ source, isConditional: has !== undefined, ...(has && { has }) }));
    expect(matcher).toEqual({ kind: 'literal', entries });
    expect(entries.every(({ source }) => isAdded(source))).toBe(true);
  });

  it('puts what the app runs with among its dependencies, and not those of development', async () => {
    const tree = app();
    await apply(tree);
    const { dependencies, devDependencies = {} } = JSON.parse(read(tree, 'apps/web/package.json'));
    expect(dependencies).toMatchObject({ '@upstash/redis': expect.stringMatching(/^\^/), 'path-to-regexp-6': 'npm:path-to-regexp@^6.3.0' });
    expect(devDependencies).toEqual({});
  });

  it('knows that Payload serves media under /api, and that its admin calls the API for each thing it shows', async () => {
    const tree = app('Payload');
    await apply(tree);
    const table = read(tree, POLICY);
    expect(table).toContain("{ path: '/api/:collection/file/:path*', method: ['GET', 'HEAD'], limit: 300, window: '10 s' }");
    expect(table).toContain("'/api/:collection/unlock'");
    expect(table).not.toContain('limit: 10, window: \'10 s\'');
  });

  it('gets the same in JavaScript, without a type', async () => {
    const tree = app('Pages Router app in JavaScript');
    await apply(tree);
    const files = Object.keys(contentsOf(tree)).filter((path) => path.startsWith('apps/legacy/hardening/'));
    expect(files).toContain('apps/legacy/hardening/rate-limiter/with-rate-limit.js');
    expect(files.filter((path) => path.endsWith('.ts'))).toEqual([]);
    for (const file of files) expect(read(tree, file), file).not.toMatch(/\bimport type\b|: string\b|: Policy\b| as 'enforce'/);
    expect(read(tree, 'apps/legacy/middleware.js')).toContain('export const middleware = withRateLimit();');
  });

  it("keeps a team's own limiter, and says what can be got round in it", async () => {
    const tree = app();
    tree.write('apps/web/src/proxy.ts', COPIED);
    const before = contentsOf(tree);
    expect(findings(tree)).toMatchObject({ limits: { status: 'pass' }, reach: { status: 'pass' }, client: { status: 'warn', file: 'apps/web/src/proxy.ts' } });
    await apply(tree);
    expect(Object.keys(contentsOf(tree)).filter((path) => !(path in before))).toEqual(['apps/web/hardening.json']);
    expect(read(tree, 'apps/web/src/proxy.ts')).toBe(COPIED);
  });

  it('finds it behind an import, and sees that its matcher leaves the API out', () => {
    const tree = app();
    tree.write('apps/web/src/lib/limit.ts', COPIED);
    tree.write('apps/web/src/proxy.ts', "export { proxy } from './lib/limit';\n\nexport const config = { matcher: '/dashboard/:path*' };\n");
    expect(findings(tree)).toMatchObject({ limits: { status: 'pass', file: 'apps/web/src/lib/limit.ts' }, reach: { status: 'warn', message: expect.stringContaining('/api/hello') } });
  });

  it.each([
    ['a matcher that was narrowed since', 'apps/web/src/proxy.ts', (text: string) => text.replace(/matcher: \[[\s\S]*?\n {2}\]/, "matcher: ['/dashboard']"), { reach: { status: 'fail', message: expect.stringContaining('/api/hello') } }],
    ['a matcher that Server Functions get round', 'apps/web/src/proxy.ts', (text: string) => text.replace(/\{ source: '\/:limited\*'[\s\S]*?\n {2}\]/, ']'), { reach: { status: 'fail', message: 'The matcher keeps the limits from running at Server Functions at addresses such as /logo.png' } }],
    ['a wrap that was taken off', 'apps/web/src/proxy.ts', (text: string) => text.replace('withRateLimit()', '() => undefined'), { limits: { status: 'fail' } }],
    ['a matcher that is worked out', 'apps/web/src/proxy.ts', (text: string) => text.replace(/matcher: \[[\s\S]*?\n {2}\]/, 'matcher: list()'), { reach: { status: 'fail' } }],
  ])('does not pass with %s', async (_, file, change, expected) => {
    const tree = app();
    await apply(tree);
    const text = read(tree, file);
    expect(change(text)).not.toBe(text);
    tree.write(file, change(text));
    expect(findings(tree)).toMatchObject(expected);
  });

  it('says where Next does not look for a proxy, and that it takes no two', async () => {
    const tree = app();
    tree.write('apps/web/proxy.ts', 'export function proxy() {}\n');
    const { steps } = await apply(tree);
    expect(steps).toEqual([expect.objectContaining({ file: 'apps/web/proxy.ts', lines: 'git mv apps/web/proxy.ts apps/web/src/proxy.ts' })]);
    expect(findings(tree)['placement']).toMatchObject({ status: 'fail', file: 'apps/web/proxy.ts' });
    tree.delete('apps/web/proxy.ts');
    tree.write('apps/web/src/middleware.ts', 'export function middleware() {}\n');
    expect(findings(tree)['placement']).toMatchObject({ status: 'fail', file: 'apps/web/src/middleware.ts' });
  });

  it('asks who vouches for addresses where the app runs elsewhere than on Vercel', async () => {
    const tree = app();
    tree.write('apps/web/Dockerfile', 'FROM node:24\n');
    await apply(tree);
    expect(findings(tree)['client']).toMatchObject({ status: 'fail', fix: 'nx g @chronos/nx-harden:rate-limit web --trustedProxies=1' });
    await apply(tree, { trustedProxies: 1 });
    expect(findings(tree)['client']).toBeUndefined();
    await apply(tree, { trustedProxies: 0 });
    tree.write('vercel.json', '{}');
    expect(findings(tree)['client']).toBeUndefined();
  });

  it('lets uploads pass that Next would cut off beside a proxy', async () => {
    const tree = app();
    await apply(tree);
    expect(read(tree, 'apps/web/hardening/next-config.cjs')).toMatch(/proxyBodySize: \{\s*option: 'proxyClientMaxBodySize',\s*size: '100mb',?\s*\}/);
  });

  it('puts nothing into a static export, and into a proxy of another ending what Next reads', async () => {
    const tree = app('with Windows line ends');
    tree.write('apps/web/next.config.mjs', "export default { output: 'export' };\n");
    const before = contentsOf(tree);
    expect((await apply(tree)).steps).toEqual([expect.objectContaining({ file: 'apps/web/next.config.mjs' })]);
    expect(Object.keys(contentsOf(tree)).filter((path) => !(path in before))).toEqual(['apps/web/hardening.json']);
    tree.write('apps/web/next.config.mjs', "export default { pageExtensions: ['page.tsx', 'page.ts'] };\n");
    await apply(tree);
    expect(tree.exists('apps/web/proxy.page.ts')).toBe(true);
    expect(findings(tree)['limits']).toMatchObject({ status: 'pass', file: 'apps/web/proxy.page.ts' });
  });

  it('refuses a mode that there is not', async () => {
    const tree = app();
    const before = contentsOf(tree);
    await expect(apply(tree, { mode: 'sometimes' })).rejects.toThrow('sometimes');
    expect(contentsOf(tree)).toEqual(before);
  });
});
