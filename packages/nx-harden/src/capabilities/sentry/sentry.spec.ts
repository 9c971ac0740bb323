import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { applyCapabilities } from '../../apply-capabilities';
import { readNextApp } from '../../next-app';
import { removeCapabilities } from '../../remove-capabilities';
import { contentsOf, fixtures, treeOf } from '../../testing/fixtures';
import { checkSentry } from './check';

const OWN_INIT = `import * as Sentry from '@sentry/nextjs';\n\nSentry.init({ dsn: process.env.DSN, dataCollection: { cookies: false } });\n`;
/** As Sentry's own wizard leaves it. */
const WIZARD = {
  'apps/web/src/instrumentation.ts': `import * as Sentry from '@sentry/nextjs';\n\nexport async function register() {\n  if (process.env.NEXT_RUNTIME === 'nodejs') {\n    await import('../sentry.server.config');\n  }\n}\n\nexport const onRequestError = Sentry.captureRequestError;\n`,
  'apps/web/sentry.server.config.ts': OWN_INIT,
  'apps/web/src/instrumentation-client.ts': `${OWN_INIT}\nexport const onRouterTransitionStart = Sentry.captureRouterTransitionStart;\n`,
  'apps/web/src/app/global-error.tsx': `'use client';\n\nimport * as Sentry from '@sentry/nextjs';\nimport { useEffect } from 'react';\n\nexport default function GlobalError({ error }: { error: Error }) {\n  useEffect(() => {\n    Sentry.captureException(error);\n  }, [error]);\n  return <html lang="en"><body>failed</body></html>;\n}\n`,
};

function appWith(files: Record<string, string> = {}): Tree {
  const [fixture] = fixtures;
  if (!fixture) throw new Error('There is no fixture app.');
  const tree = treeOf(fixture);
  for (const [path, content] of Object.entries(files)) tree.write(path, content);
  return tree;
}

const apply = (tree: Tree, options: Record<string, unknown> = {}) => applyCapabilities(tree, undefined, [{ id: 'sentry', options }]);
const read = (tree: Tree, path: string): string => tree.read(path, 'utf-8') ?? '';
const statuses = (tree: Tree) => Object.fromEntries(checkSentry(tree, readNextApp(tree)).map(({ check, status }) => [check.replace('sentry/', ''), status]));
const ALL_PASS = { server: 'pass', requests: 'pass', browser: 'pass', boundaries: 'pass', build: 'pass', privacy: 'pass' };
const version = (range: string): string => `${JSON.stringify({ name: '@acme/web', dependencies: { next: '16.4.6', react: '19.3.1', '@sentry/nextjs': range } })}\n`;

describe('sentry', () => {
  it('finds all missing, and all there after it was put in', async () => {
    const tree = appWith();
    expect(statuses(tree)).toEqual({ server: 'fail', requests: 'fail', browser: 'fail', boundaries: 'fail', build: 'fail' });
    expect((await apply(tree)).steps).toEqual([]);
    expect(statuses(tree)).toEqual(ALL_PASS);
  });

  it('leaves a set-up of the team\'s alone, and wraps the build that it has not', async () => {
    const tree = appWith(WIZARD);
    expect(statuses(tree)).toEqual({ ...ALL_PASS, build: 'fail' });
    await apply(tree);
    expect(statuses(tree)).toEqual(ALL_PASS);
    for (const [path, content] of Object.entries(WIZARD)) expect(read(tree, path), path).toBe(content);
    for (const path of ['apps/web/src/sentry.server.config.ts', 'apps/web/src/hardening/sentry-client.ts']) expect(tree.exists(path), path).toBe(false);
  });

  it('does not wrap a build that withSentryConfig wraps already, however far away', async () => {
    const tree = appWith({ 'apps/web/next.config.js': "import { wrap } from './config/wrap.mjs';\n\nexport default wrap({});\n", 'apps/web/config/wrap.mjs': "import { withSentryConfig } from '@sentry/nextjs/config';\n\nexport const wrap = (config) => withSentryConfig(config, {});\n" });
    expect(statuses(tree)).toMatchObject({ build: 'pass' });
    await apply(tree);
    expect(tree.exists('apps/web/hardening/next-config.cjs')).toBe(false);
  });

  it('warns of version 11 without dataCollection, and of sendDefaultPii before it', async () => {
    const bare = { ...WIZARD, 'apps/web/sentry.server.config.ts': OWN_INIT.replace(', dataCollection: { cookies: false }', '') };
    expect(statuses(appWith(bare))).toMatchObject({ privacy: 'warn' });
    const open = { ...WIZARD, 'apps/web/package.json': version('^10.80.0'), 'apps/web/sentry.server.config.ts': OWN_INIT.replace('dataCollection: { cookies: false }', 'sendDefaultPii: true') };
    expect(statuses(appWith(open))).toMatchObject({ privacy: 'warn' });
    expect(statuses(appWith({ ...open, 'apps/web/sentry.server.config.ts': OWN_INIT }))).toMatchObject({ privacy: 'pass' });
  });

  it('gives version 10 what fits it', async () => {
    const tree = appWith({ 'apps/web/package.json': version('^10.80.0') });
    await apply(tree);
    expect(statuses(tree)).toEqual(ALL_PASS);
    const options = read(tree, 'apps/web/src/hardening/sentry.ts');
    expect(options).toContain('sendDefaultPii: false');
    expect(options).not.toContain('dataCollection');
    expect(read(tree, 'apps/web/hardening/next-config.cjs')).toContain("module: '@sentry/nextjs',");
    expect(read(tree, 'apps/web/package.json')).toContain('^10.80.0');
  });

  it('leaves an older version to a person', async () => {
    const tree = appWith({ 'apps/web/package.json': version('^8.55.0') });
    const before = read(tree, 'apps/web/package.json');
    const { steps } = await apply(tree);
    expect(steps).toEqual([{ file: 'apps/web/package.json', why: expect.stringContaining('@sentry/nextjs 8'), lines: 'nx g @chronos/nx-harden:sentry web' }]);
    expect(statuses(tree)).toMatchObject({ server: 'manual' });
    expect(read(tree, 'apps/web/package.json')).toBe(before);
    expect(tree.exists('apps/web/src/instrumentation.ts')).toBe(false);
  });

  it('puts in what the options say, and takes it out again', async () => {
    const tree = appWith();
    await apply(tree);
    const plain = contentsOf(tree);
    await apply(tree, { replay: true, logs: true, profiling: true, example: true, tracesSampleRate: 0.5, org: 'acme', sentryProject: 'shop' });
    const client = read(tree, 'apps/web/src/hardening/sentry-client.ts');
    for (const name of ['replayIntegration', 'browserProfilingIntegration', 'consoleLoggingIntegration']) expect(client).toContain(`Sentry.${name}(`);
    expect(read(tree, 'apps/web/src/sentry.server.config.ts')).toContain('consoleLoggingIntegration');
    expect(read(tree, 'apps/web/src/hardening/sentry.ts')).toContain('TRACES_SAMPLE_RATE || 0.5');
    expect(tree.exists('apps/web/src/app/api/sentry-example/route.ts')).toBe(true);
    const config = read(tree, 'apps/web/hardening/next-config.cjs');
    for (const text of ["org: 'acme'", "project: 'shop'", 'excludeReplay: false', 'Document-Policy']) expect(config).toContain(text);
    await apply(tree, { replay: false, logs: false, profiling: false, example: false, tracesSampleRate: 0.1, org: '', sentryProject: '' });
    // What was chosen by hand is recorded, also where it is the default.
    const record = 'apps/web/hardening.json';
    expect({ ...contentsOf(tree), [record]: '' }).toEqual({ ...plain, [record]: '' });
  });

  it('keeps the tracing of an app that has OpenTelemetry of its own', async () => {
    const otel = "import { registerOTel } from '@vercel/otel';\n\nexport function register() {\n  registerOTel('web');\n}\n";
    const tree = appWith({ 'apps/web/package.json': version('11.5.0').replace('"react"', '"@vercel/otel":"2.0.0","react"'), 'apps/web/src/instrumentation.ts': otel });
    const before = contentsOf(tree);
    await apply(tree);
    expect(read(tree, 'apps/web/src/sentry.server.config.ts')).toContain('enableOpenTelemetrySetup: false');
    expect(read(tree, 'apps/web/src/instrumentation.ts')).toContain('export async function register() {');
    expect(statuses(tree)).toEqual(ALL_PASS);
    await removeCapabilities(tree, readNextApp(tree), ['sentry'], { leaveNoTrace: true });
    expect(contentsOf(tree)).toEqual(before);
  });

  it('warns of a proxy that runs where the browser reports, and of a config that nothing loads', async () => {
    const proxy = (matcher: string) => `import { NextResponse } from 'next/server';\n\nexport function proxy() {\n  return NextResponse.next();\n}\n\nexport const config = { matcher: ${matcher} };\n`;
    const tree = appWith({ 'apps/web/src/proxy.ts': proxy("['/((?!_next).*)']"), 'apps/web/sentry.config.ts': OWN_INIT });
    await apply(tree);
    expect(statuses(tree)).toEqual({ ...ALL_PASS, tunnel: 'warn', 'dead-config': 'warn' });
    tree.write('apps/web/src/proxy.ts', proxy("['/((?!_next|monitoring).*)']"));
    expect(statuses(tree)).toMatchObject({ tunnel: 'pass' });
    tree.write('apps/web/src/app/monitoring/page.tsx', 'export default function Page() {\n  return null;\n}\n');
    expect(statuses(tree)).toMatchObject({ tunnel: 'warn' });
  });

  it('leaves what it cannot look into to a person, and puts the rest in', async () => {
    const tree = appWith({ 'apps/web/src/instrumentation.ts': "export * from './telemetry';\n" });
    const { steps } = await apply(tree);
    expect(steps).toEqual([expect.objectContaining({ file: 'apps/web/src/instrumentation.ts', lines: expect.stringContaining('await startSentry();') })]);
    expect(statuses(tree)).toMatchObject({ server: 'fail', browser: 'pass', boundaries: 'pass' });
    expect(read(tree, 'apps/web/src/instrumentation.ts')).toBe("export * from './telemetry';\n");
  });
});
