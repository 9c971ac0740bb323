import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { NextConfigContribution } from './contribution';
import { renderNextConfigFiles } from './render';

/** Sentry is found from here as an app finds its own. */
const TMP = join(__dirname, '../../test-output');
mkdirSync(TMP, { recursive: true });
const root = mkdtempSync(join(TMP, 'next-config-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const SENTRY = { module: '@sentry/nextjs/config', tunnelRoute: '/monitoring', excludeReplay: true };
type Config = Record<string, unknown> & { env?: Record<string, string>; rewrites?: () => Promise<unknown>; headers?: () => Promise<{ headers: { key: string; value: string }[] }[]> };

let count = 0;
/** The function of a file as an app has it. */
function withHardening(policy: NextConfigContribution): (config: unknown) => unknown {
  const dir = join(root, String(count++), 'hardening');
  mkdirSync(dir, { recursive: true });
  for (const [name, content] of Object.entries(renderNextConfigFiles(policy))) writeFileSync(join(dir, name), content);
  return (createRequire(join(dir, 'x.js'))('./next-config.cjs') as { withHardening: (config: unknown) => unknown }).withHardening;
}

describe('a config with Sentry', () => {
  it('stays an object, with the release and the environment written in, and the tunnel', async () => {
    vi.stubEnv('VERCEL_GIT_COMMIT_SHA', 'abc1234');
    vi.stubEnv('VERCEL_ENV', 'preview');
    const given = { env: { MINE: '1' }, experimental: { typedRoutes: true }, compiler: { removeConsole: true } };
    const before = structuredClone(given);
    const config = withHardening({ sentry: SENTRY })(given) as Config;
    expect(config.env).toMatchObject({ MINE: '1', SENTRY_RELEASE: 'abc1234', SENTRY_ENVIRONMENT: 'preview', _sentryRelease: 'abc1234' });
    expect(await config.rewrites?.()).toContainEqual(expect.objectContaining({ source: '/monitoring(/?)', destination: expect.stringContaining('ingest.sentry.io') }));
    expect(config['productionBrowserSourceMaps']).toBeUndefined();
    expect(given).toEqual(before);
  });

  it('says what the team says, and keeps its rewrites', async () => {
    vi.stubEnv('SENTRY_RELEASE', 'web@1.2.3');
    const rewrite = { source: '/old', destination: '/new' };
    const config = withHardening({ sentry: SENTRY })({ env: { SENTRY_ENVIRONMENT: 'staging' }, rewrites: async () => [rewrite] }) as Config;
    expect(config.env).toMatchObject({ SENTRY_ENVIRONMENT: 'staging', SENTRY_RELEASE: 'web@1.2.3' });
    expect(await config.rewrites?.()).toContainEqual(rewrite);
  });

  it('is what a function or a promise comes to, too', async () => {
    for (const given of [() => ({ env: { MINE: '1' } }), async () => ({ env: { MINE: '1' } })]) {
      const config = (await (withHardening({ sentry: SENTRY })(given) as (phase: string) => Promise<Config>)('phase')) as Config;
      expect(config.env).toMatchObject({ MINE: '1', SENTRY_ENVIRONMENT: expect.any(String) });
    }
  });

  it('makes source maps in CI with a token alone', () => {
    const mapped = (env: Record<string, string>) => {
      for (const [name, value] of Object.entries({ CI: '', SENTRY_AUTH_TOKEN: '', TURBOPACK: '1', ...env })) vi.stubEnv(name, value);
      return (withHardening({ sentry: SENTRY })({}) as Config)['productionBrowserSourceMaps'];
    };
    expect(mapped({})).toBeUndefined();
    expect(mapped({ CI: '1' })).toBeUndefined();
    expect(mapped({ SENTRY_AUTH_TOKEN: 'sntrys_x' })).toBeUndefined();
    expect(mapped({ CI: '1', SENTRY_AUTH_TOKEN: 'sntrys_x' })).toBe(true);
  });

  it('has no tunnel where plain files are served', () => {
    expect((withHardening({ sentry: SENTRY })({ output: 'export' }) as Config).rewrites).toBeUndefined();
  });

  it.each([
    ['https://0@errors.acme.example/3', true],
    ['https://0@o1.ingest.de.sentry.io/3', false],
    ['', false],
    ['no address', false],
  ])('lets the browser reach a Sentry at %s by the CSP: %s', async (dsn, isNamed) => {
    vi.stubEnv('NEXT_PUBLIC_SENTRY_DSN', dsn);
    const config = withHardening({ sentry: SENTRY, csp: { mode: 'enforce', directives: { 'default-src': ["'self'"], 'connect-src': ["'self'"] } } })({}) as Config;
    const policy = (await config.headers?.())?.flatMap(({ headers }) => headers).find(({ key }) => key === 'Content-Security-Policy')?.value;
    expect(policy).toContain("connect-src 'self'");
    expect(policy?.includes('errors.acme.example')).toBe(isNamed);
  });
});
