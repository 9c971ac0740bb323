import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { applyCapabilities } from '../../apply-capabilities';
import { readNextApp } from '../../next-app';
import { removeCapabilities } from '../../remove-capabilities';
import { contentsOf, fixtures, treeOf } from '../../testing/fixtures';
import { checkSentry } from './check';

const INSTRUMENTATION = 'apps/web/src/instrumentation.ts';
const OWN_INSTRUMENTATION = "export async function register() {\n  await import('./jobs');\n}\n";
const BOUNDARY = "'use client';\n\nexport default function Failed({ error }: { error: Error }) {\n  return <p>{error.message}</p>;\n}\n";
const POSTHOG = "import posthog from 'posthog-js';\n\nposthog.init('phc_x');\n";

function appWith(files: Record<string, string> = {}): Tree {
  const [fixture] = fixtures;
  if (!fixture) throw new Error('There is no fixture app.');
  const tree = treeOf(fixture);
  for (const [path, content] of Object.entries(files)) tree.write(path, content);
  return tree;
}

const apply = (tree: Tree) => applyCapabilities(tree, undefined, [{ id: 'sentry', options: {} }]);
const remove = (tree: Tree) => removeCapabilities(tree, readNextApp(tree), ['sentry'], { leaveNoTrace: true });
const read = (tree: Tree, path: string): string => tree.read(path, 'utf-8') ?? '';
const statuses = (tree: Tree) => Object.fromEntries(checkSentry(tree, readNextApp(tree)).map(({ check, status }) => [check.replace('sentry/', ''), status]));

describe('a seam', () => {
  it('goes into the client script that Next takes: src/ before the root, wherever app/ lies', async () => {
    const tree = appWith({ 'apps/web/instrumentation-client.ts': POSTHOG });
    await apply(tree);
    expect(read(tree, 'apps/web/instrumentation-client.ts')).toContain("from './src/hardening/sentry-client'");
    expect(tree.exists('apps/web/src/instrumentation-client.ts')).toBe(false);
    expect(statuses(tree)).toMatchObject({ browser: 'pass' });
    const both = appWith({ 'apps/web/instrumentation-client.ts': POSTHOG, 'apps/web/src/instrumentation-client.ts': POSTHOG });
    await apply(both);
    expect(read(both, 'apps/web/instrumentation-client.ts')).toBe(POSTHOG);
    expect(read(both, 'apps/web/src/instrumentation-client.ts')).toContain("from './hardening/sentry-client'");
  });

  it('that was taken out by hand comes again with the next run', async () => {
    const tree = appWith({ [INSTRUMENTATION]: OWN_INSTRUMENTATION });
    await apply(tree);
    const made = contentsOf(tree);
    tree.write(INSTRUMENTATION, OWN_INSTRUMENTATION);
    expect(statuses(tree)).toMatchObject({ server: 'fail' });
    await apply(tree);
    expect(contentsOf(tree)).toEqual(made);
  });

  it('that a formatter has changed stays with the files that it needs, and a step says so', async () => {
    const tree = appWith({ [INSTRUMENTATION]: OWN_INSTRUMENTATION });
    await apply(tree);
    const formatted = read(tree, INSTRUMENTATION).replace('  await startSentry();', '    await startSentry()');
    tree.write(INSTRUMENTATION, formatted);
    await apply(tree);
    expect(read(tree, INSTRUMENTATION)).toBe(formatted);
    const { steps } = await remove(tree);
    expect(steps).toContainEqual(expect.objectContaining({ file: INSTRUMENTATION, lines: expect.stringContaining('startSentry') }));
    expect(read(tree, INSTRUMENTATION)).toBe(formatted);
    for (const file of ['hardening/sentry-start.ts', 'sentry.server.config.ts', 'hardening/sentry.ts']) expect(tree.exists(`apps/web/src/${file}`), file).toBe(true);
    expect(read(tree, 'apps/web/package.json')).toContain('@sentry/nextjs');
  });

  it('in a boundary that was moved is named when all is taken out', async () => {
    const tree = appWith({ 'apps/web/src/app/error.tsx': BOUNDARY });
    await apply(tree);
    tree.write('apps/web/src/app/(shop)/error.tsx', read(tree, 'apps/web/src/app/error.tsx').replace('../hardening', '../../hardening'));
    tree.delete('apps/web/src/app/error.tsx');
    expect((await apply(tree)).steps).toEqual([]);
    const { steps } = await remove(tree);
    expect(steps).toEqual([expect.objectContaining({ file: 'apps/web/src/app/(shop)/error.tsx', lines: expect.stringContaining('useReportedError(error);') })]);
    expect(tree.exists('apps/web/src/hardening/sentry-error.ts')).toBe(true);
  });

  it('goes into boundaries alone: not into private folders, nor into what is no client component', async () => {
    const files = {
      'apps/web/src/app/_components/error.tsx': 'export default function Shown({ error }: { error: string }) {\n  return <p>{error}</p>;\n}\n',
      'apps/web/src/app/_boundary/error.tsx': BOUNDARY,
      'apps/web/src/app/lib/error.ts': 'export default function fail({ error }: { error: Error }) {\n  throw error;\n}\n',
      'apps/web/src/app/(payload)/error.tsx': `/* THIS FILE WAS GENERATED AUTOMATICALLY BY PAYLOAD. */\n${BOUNDARY}`,
    };
    const tree = appWith(files);
    expect((await apply(tree)).steps).toEqual([]);
    for (const [path, content] of Object.entries(files)) expect(read(tree, path), path).toBe(content);
    expect(statuses(tree)).toMatchObject({ boundaries: 'pass' });
  });

  it('of the hook alone goes where the team starts Sentry and hears of no request', async () => {
    const own = "import * as Sentry from '@sentry/nextjs';\n\nexport function register() {\n  Sentry.init({ dsn: 'x', dataCollection: {} });\n}\n";
    const tree = appWith({ [INSTRUMENTATION]: own });
    const before = contentsOf(tree);
    expect(statuses(tree)).toMatchObject({ server: 'pass', requests: 'fail' });
    await apply(tree);
    expect(read(tree, INSTRUMENTATION)).toBe(`${own}\nexport { reportRequestError as onRequestError } from './hardening/sentry-start';\n`);
    expect(tree.exists('apps/web/src/sentry.server.config.ts')).toBe(false);
    expect(statuses(tree)).toMatchObject({ server: 'pass', requests: 'pass' });
    const made = contentsOf(tree);
    await apply(tree);
    expect(contentsOf(tree)).toEqual(made);
    await remove(tree);
    expect(contentsOf(tree)).toEqual(before);
  });
});

describe('where Next looks', () => {
  it('minds pageExtensions', async () => {
    const tree = appWith({ 'apps/web/next.config.js': "export default { pageExtensions: ['page.tsx', 'page.ts'] };\n", 'apps/web/src/app/error.page.tsx': BOUNDARY });
    await apply(tree);
    for (const file of ['instrumentation.page.ts', 'app/global-error.page.tsx', 'instrumentation-client.ts']) expect(tree.exists(`apps/web/src/${file}`), file).toBe(true);
    expect(read(tree, 'apps/web/src/app/error.page.tsx')).toContain('useReportedError(error);');
    expect(statuses(tree)).toMatchObject({ server: 'pass', boundaries: 'pass' });
  });

  it('has no use for sentry.client.config where Turbopack builds', async () => {
    const tree = appWith({ 'apps/web/sentry.client.config.ts': "import * as Sentry from '@sentry/nextjs';\n\nSentry.init({ dsn: 'x' });\n" });
    expect(statuses(tree)).toMatchObject({ browser: 'fail', 'dead-config': 'warn' });
    await apply(tree);
    expect(statuses(tree)).toMatchObject({ browser: 'pass', 'dead-config': 'warn' });
  });
});

describe('what counts as Sentry', () => {
  const started = (text: string) => statuses(appWith({ [INSTRUMENTATION]: text }))['server'];

  it.each([
    ["import { init as initSentry } from '@sentry/nextjs';\n\nexport function register() {\n  initSentry({});\n}\n", 'pass'],
    ["import * as Sentry from '@sentry/nextjs';\n\nexport function register() {\n  Sentry['init']({});\n}\n", 'pass'],
    ["export async function register() {\n  const Sentry = await import('@sentry/nextjs');\n  Sentry.init({});\n}\n", 'pass'],
    ["export async function register() {\n  const { init } = await import('@sentry/nextjs');\n  init({});\n}\n", 'pass'],
    ["import { captureException } from '@sentry/nextjs';\nimport i18n from 'i18next';\n\nexport function register() {\n  i18n.init({}).catch(captureException);\n}\n", 'fail'],
    ["import * as Sentry from '@sentry/nextjs';\n\nexport function register() {\n  // Sentry.init({});\n}\n", 'fail'],
  ])('%s', (text, status) => {
    expect(started(text)).toBe(status);
  });

  it.each([
    ["import { withSentryConfig as withSentry } from '@sentry/nextjs/config';\n\nexport default withSentry({}, {});\n", 'pass'],
    ["import { withSentryConfig } from '@sentry/nextjs/config';\n\nexport default [[withSentryConfig, {}]].reduce((config, [wrap, options]) => wrap(config, options), {});\n", 'pass'],
    ['// withSentryConfig\nexport default {};\n', 'fail'],
  ])('as a wrap: %s', async (text, status) => {
    const tree = appWith({ 'apps/web/next.config.js': text });
    expect(statuses(tree)['build']).toBe(status);
    await apply(tree);
    expect(tree.exists('apps/web/hardening/next-config.cjs')).toBe(status === 'fail');
  });

  it('is a boundary that calls what reports, and not one that shows a button that does', () => {
    const reporter = "import * as Sentry from '@sentry/nextjs';\n\nexport function report(error: unknown) {\n  Sentry.captureException(error);\n}\n\nexport const Button = () => <button onClick={() => report('clicked')} />;\n";
    const boundary = (use: string) => `'use client';\n\nimport { Button, report } from '../../report';\n\nexport default function GlobalError({ error }: { error: Error }) {\n  ${use}\n  return <Button />;\n}\nexport const kept = [report];\n`;
    const status = (use: string) => statuses(appWith({ 'apps/web/src/report.tsx': reporter, 'apps/web/src/app/global-error.tsx': boundary(use).replace('../../report', '../report') }))['boundaries'];
    expect(status('report(error);')).toBe('pass');
    expect(status('console.error(error);')).toBe('fail');
  });
});
