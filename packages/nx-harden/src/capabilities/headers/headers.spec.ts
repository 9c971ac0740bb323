import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { applyCapabilities } from '../../apply-capabilities';
import type { Finding } from '../../capability';
import { readNextApp } from '../../next-app';
import { readPolicy } from '../../next-config/read-policy';
import { fixtures, treeOf } from '../../testing/fixtures';
import { checkHeaders } from './check';

const CONFIG = 'apps/web/next.config.js';

function fixture(name = 'create-nx-workspace'): Tree {
  const found = fixtures.find((one) => one.name.includes(name));
  if (!found) throw new Error(`no fixture is called ${name}`);
  return treeOf(found);
}

async function hardened(options: Record<string, unknown> = {}, name?: string): Promise<Tree> {
  const tree = fixture(name);
  await applyCapabilities(tree, undefined, [{ id: 'headers', options }]);
  return tree;
}

const check = (tree: Tree): Finding[] => checkHeaders(tree, readNextApp(tree));
const statuses = (tree: Tree): Record<string, string> => Object.fromEntries(check(tree).map(({ check: name, status }) => [name.replace('headers/', ''), status]));
const policy = (tree: Tree) => readPolicy(tree, readNextApp(tree));

describe('headers', () => {
  it('passes all checks by its own fixes alone', async () => {
    const tree = await hardened();
    const left = check(tree).filter(({ status }) => status !== 'pass');
    expect(left.map(({ check: name, status, fix }) => [name, status, fix])).toEqual([['headers/csp', 'warn', 'nx g @chronos/nx-harden:headers web --csp=enforce']]);
    await applyCapabilities(tree, 'web', [{ id: 'headers', options: { csp: 'enforce' } }]);
    expect(new Set(Object.values(statuses(tree)))).toEqual(new Set(['pass']));
  });

  it('keeps on a second run what was chosen on the first', async () => {
    const tree = await hardened({ csp: 'enforce', hsts: 'preload' });
    await applyCapabilities(tree, 'web', [{ id: 'headers', options: { framing: 'self' } }]);
    expect(policy(tree)).toMatchObject({ csp: { mode: 'enforce', directives: { 'frame-ancestors': ["'self'"] } } });
    expect(policy(tree)?.securityHeaders).toContainEqual({ key: 'Strict-Transport-Security', value: 'max-age=63072000; includeSubDomains; preload' });
  });

  const PLANTED: [string, string, (text: string) => string][] = [
    ['hsts', 'a short HSTS', (text) => text.replace('max-age=63072000', 'max-age=60')],
    ['hsts', 'no HSTS', (text) => text.replace('Strict-Transport-Security', 'X-Nothing')],
    ['content-type-options', 'no nosniff', (text) => text.replace("'nosniff'", "'sniff'")],
    ['referrer-policy', 'an unsafe referrer', (text) => text.replace('strict-origin-when-cross-origin', 'unsafe-url')],
    ['permissions-policy', 'no Permissions-Policy', (text) => text.replace('Permissions-Policy', 'X-Nothing')],
    ['opener-policy', 'no COOP', (text) => text.replace('Cross-Origin-Opener-Policy', 'X-Nothing')],
    ['csp', 'scripts from anywhere', (text) => text.replace("'script-src': [", "'script-src': ['*', ")],
    ['images', 'no AVIF', (text) => text.replace("'image/avif', ", '')],
    ['cache', 'no caching', (text) => text.replace('publicImages:', 'nothing:')],
  ];
  it.each(PLANTED)('%s turns red, and nothing else, after %s was planted', async (name, _, plant) => {
    const tree = await hardened({ csp: 'enforce' });
    const file = 'apps/web/hardening/next-config.cjs';
    const before = tree.read(file, 'utf-8') ?? '';
    expect(plant(before)).not.toBe(before);
    tree.write(file, plant(before));
    expect(Object.entries(statuses(tree)).filter(([, status]) => status !== 'pass').map(([one]) => one)).toEqual([name]);
  });

  it('all turn red when the seam is taken out by hand', async () => {
    const tree = await hardened();
    tree.write(CONFIG, 'module.exports = {};\n');
    expect(Object.values(statuses(tree))).not.toContain('pass');
  });

  it("tells the plan's rule, which matches nothing, from the one that leaks", () => {
    const rule = (source: string) => `module.exports = { headers: async () => [{ source: '${source}', headers: [{ key: 'Cache-Control', value: 'public, max-age=31536000, immutable' }] }] };\n`;
    const tree = fixture();
    tree.write(CONFIG, rule('/:path*.{jpg,jpeg,png,gif,webp}'));
    expect(check(tree).find(({ check: name }) => name === 'headers/cache')).toMatchObject({ status: 'fail', message: expect.stringContaining('matches nothing'), file: CONFIG, line: 1 });
    tree.write(CONFIG, rule('/:path*.:ext(jpg|jpeg|png)'));
    expect(check(tree).find(({ check: name }) => name === 'headers/cache')).toMatchObject({ status: 'fail', message: expect.stringContaining('private ones under /api become public') });
    tree.write(CONFIG, rule('/static-immutable/:path*'));
    expect(statuses(tree)['cache']).toBe('pass');
  });

  it('sees headers in a file that the config imports, and in vercel.json', () => {
    const tree = fixture();
    tree.write(CONFIG, "const { securityHeaders } = require('./security');\nmodule.exports = { headers: () => [{ source: '/:path*', headers: securityHeaders }] };\n");
    tree.write('apps/web/security.js', "exports.securityHeaders = [{ key: 'X-Frame-Options', value: 'DENY' }];\n");
    tree.write('apps/web/vercel.json', JSON.stringify({ headers: [{ source: '/(.*)', headers: [{ key: 'Referrer-Policy', value: 'no-referrer' }] }] }));
    expect(statuses(tree)).toMatchObject({ framing: 'pass', 'referrer-policy': 'pass', hsts: 'fail' });
  });

  it('does not take a header that is read for one that is sent', () => {
    const tree = fixture();
    tree.write('apps/web/src/proxy.ts', "export function proxy(request) { request.headers.get('Strict-Transport-Security'); }\n");
    expect(statuses(tree)['hsts']).toBe('fail');
  });

  it('leaves to the proxy what the proxy sends', async () => {
    const tree = await hardened({}, 'its own headers from the proxy');
    expect(policy(tree)?.csp).toBeUndefined();
    expect(policy(tree)?.securityHeaders).toEqual([{ key: 'X-Frame-Options', value: 'DENY' }]);
  });

  it('does not deny what the app uses, and lets Payload frame itself', async () => {
    const tree = fixture('Payload');
    tree.write('apps/web/src/app/map.tsx', 'navigator.geolocation.getCurrentPosition(() => {});\n');
    await applyCapabilities(tree, 'web', [{ id: 'headers', options: {} }]);
    expect(policy(tree)?.securityHeaders).toContainEqual({ key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(self), usb=()' });
    expect(policy(tree)?.csp?.directives).toMatchObject({ 'frame-ancestors': ["'self'"], 'img-src': expect.arrayContaining(['https://www.gravatar.com']) });
  });

  it('adds the sources of services, and of a person', async () => {
    const tree = fixture();
    tree.write('apps/web/package.json', JSON.stringify({ name: '@acme/web', dependencies: { next: '16.4.6', '@stripe/stripe-js': '1' } }));
    await applyCapabilities(tree, 'web', [{ id: 'headers', options: { cspSource: ['img-src https://media.example.com'] } }]);
    expect(policy(tree)?.csp?.directives).toMatchObject({
      'img-src': ["'self'", 'data:', 'blob:', 'https://media.example.com'],
      'frame-src': expect.arrayContaining(['https://js.stripe.com']),
    });
  });

  it.each([
    [{ cspSource: ['media.example.com'] }, /--csp-source="media.example.com" is not a directive and its sources/],
    [{ csp: 'maybe' }, /--csp is "maybe"; use report-only, enforce, off\./],
    [{ nonce: true, csp: 'off' }, /--nonce has no policy to work in/],
  ])('refuses %j with one error', async (options, message) => {
    await expect(hardened(options)).rejects.toThrow(message);
  });

  it('names the place of a wrong option in hardening.json', async () => {
    const tree = await hardened({ csp: 'enforce' });
    tree.write('apps/web/hardening.json', (tree.read('apps/web/hardening.json', 'utf-8') ?? '').replace('"enforce"', '"yes"'));
    await expect(applyCapabilities(tree, 'web', [{ id: 'headers', options: {} }])).rejects.toThrow('apps/web/hardening.json: capabilities.headers.options.csp is "yes"');
  });

  describe('with a nonce', () => {
    it('sends the policy from the proxy, and leaves the layout to a person until it is dynamic', async () => {
      const tree = fixture();
      const { steps } = await applyCapabilities(tree, 'web', [{ id: 'headers', options: { nonce: true } }]);
      expect(steps.map(({ file }) => file)).toEqual(['apps/web/src/app/layout.tsx']);
      expect(tree.read('apps/web/src/proxy.ts', 'utf-8')).toContain("from './hardening/csp'");
      expect(tree.read('apps/web/src/hardening/csp.ts', 'utf-8')).toContain('nonce-{nonce}');
      expect(policy(tree)?.csp).toBeUndefined();
      expect(statuses(tree)['csp']).toBe('warn');
      await applyCapabilities(tree, 'web', [{ id: 'headers', options: { csp: 'enforce' } }]);
      expect(statuses(tree)['csp']).toBe('pass');
      tree.write('apps/web/src/app/layout.tsx', 'import { connection } from "next/server"; export default async function L() { await connection(); return <html/> }');
      expect((await applyCapabilities(tree, 'web', [{ id: 'headers', options: {} }])).steps).toEqual([]);
    });

    it("does not touch a team's own middleware", async () => {
      const tree = fixture('standalone');
      const before = tree.read('middleware.ts', 'utf-8');
      const { steps } = await applyCapabilities(tree, undefined, [{ id: 'headers', options: { nonce: true } }]);
      expect(tree.read('middleware.ts', 'utf-8')).toBe(before);
      expect(steps).toContainEqual(expect.objectContaining({ file: 'middleware.ts', lines: expect.stringContaining("from './hardening/csp'") }));
    });

    it('takes its files away when the option goes', async () => {
      const tree = await hardened({ nonce: true });
      await applyCapabilities(tree, 'web', [{ id: 'headers', options: { nonce: false } }]);
      expect(tree.exists('apps/web/src/proxy.ts')).toBe(false);
      expect(tree.exists('apps/web/src/hardening/csp.ts')).toBe(false);
      expect(policy(tree)?.csp?.mode).toBe('report-only');
    });
  });
});
