import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { applyCapabilities } from '../../apply-capabilities';
import type { Finding, ManualStep } from '../../capability';
import { readNextApp } from '../../next-app';
import { removeCapabilities } from '../../remove-capabilities';
import { LAYOUT, NEXT_16, NEXT_ALONE } from '../../testing/fixture-parts';
import { contentsOf, treeOf } from '../../testing/fixtures';
import { uptimeFixture } from '../../testing/uptime-app';
import { parseUptimeFile, type UptimeFile } from '../../uptime/uptime-file';
import { checkUptime } from './check';

type Files = Record<string, string | null>;
const treeWith = (files: Files = {}, dependencies?: Record<string, string>): Tree => treeOf(uptimeFixture(files, dependencies));
const put = async (tree: Tree, options: Record<string, unknown> = {}, id = 'uptime'): Promise<ManualStep[]> => (await applyCapabilities(tree, 'web', [{ id, options }])).steps;
const text = (tree: Tree, path: string): string => tree.read(`apps/web/${path}`, 'utf-8') ?? '';
const fileOf = (tree: Tree): UptimeFile => parseUptimeFile(text(tree, 'uptime.json'));
/** Files of the app that it did not come with. */
const newFiles = (tree: Tree, files: Files = {}): string[] => {
  const before = Object.keys(uptimeFixture(files).files);
  return tree.listChanges().flatMap(({ path }) => (path.startsWith('apps/web/') && !before.includes(path) ? [path.slice('apps/web/'.length)] : [])).sort();
};
const findings = (tree: Tree): Record<string, Finding['status']> => Object.fromEntries(checkUptime(tree, readNextApp(tree, 'web')).map(({ check, status }) => [check.replace('uptime/', ''), status]));
const finding = (tree: Tree, name: string): Finding | undefined => checkUptime(tree, readNextApp(tree, 'web')).find(({ check }) => check === `uptime/${name}`);
const HEALTH = 'app/api/health/route.ts';

describe('what is watched', () => {
  it('is the home page and the health check, at the address that was given', async () => {
    const tree = treeWith();
    expect(await put(tree, { url: 'https://example.com/' })).toEqual([]);
    const { prefix, url, monitors, heartbeats } = fileOf(tree);
    expect([prefix, url]).toEqual(['nx-harden acme web: ', 'https://example.com']);
    expect(monitors.map(({ name, path, expectedStatusCodes }) => [name, path, expectedStatusCodes])).toEqual([['home page', '/', undefined], ['health', '/api/health', [200]]]);
    expect(heartbeats).toEqual([]);
    expect(findings(tree)).toEqual({ health: 'pass', monitors: 'pass' });
  });

  it('is told to be without an address, once by the run and as long as it is so by the audit', async () => {
    const tree = treeWith();
    const [step, ...others] = await put(tree);
    expect(others).toEqual([]);
    expect(step).toMatchObject({ file: 'apps/web/uptime.json', lines: '"url": "https://example.com",' });
    expect(finding(tree, 'monitors')).toMatchObject({ status: 'warn', fix: 'nx g @chronos/nx-harden:uptime web --url=https://example.com' });
    expect(await put(tree, { url: 'https://example.com' })).toEqual([]);
    expect(findings(tree)['monitors']).toBe('pass');
  });

  it.each(['example.com', 'https://me:pw@example.com', 'https://example.com/?x=1'])('is not at %s', async (url) => {
    await expect(put(treeWith(), { url })).rejects.toThrow(/^--url /);
  });

  it.each<[string, string, string, string[]]>([
    ['a basePath', "{ basePath: '/docs' }", 'https://example.com', ['/docs', '/docs/api/health']],
    ['a basePath that the address has', "{ basePath: '/docs' }", 'https://example.com/docs', ['/', '/api/health']],
    ['slashes at the end', '{ trailingSlash: true }', 'https://example.com', ['/', '/api/health/']],
  ])('is asked for as the app has it: %s', async (_, config, url, paths) => {
    const tree = treeWith({ 'next.config.mjs': `export default ${config};\n` });
    await put(tree, { url });
    expect(fileOf(tree).monitors.map(({ path }) => path)).toEqual(paths);
    expect(findings(tree)['monitors']).toBe('pass');
  });

  it('has the jobs of backups while those are on, with the periods of their schedules', async () => {
    const tree = treeWith();
    await put(tree, { url: 'https://example.com' });
    await put(tree, { schedule: '0 */6 * * *', drillSchedule: '43 5 1 * *' }, 'backup');
    expect(fileOf(tree).heartbeats).toEqual([
      { name: 'backup', period: 21_600, grace: 4_320, env: 'BACKUP_HEARTBEAT_URL' },
      { name: 'restore drill', period: 2_678_400, grace: 535_680, env: 'DRILL_HEARTBEAT_URL' },
    ]);
    expect(findings(tree)['heartbeats']).toBe('pass');
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['backup']);
    expect(fileOf(tree).heartbeats).toEqual([]);
    expect(findings(tree)).not.toHaveProperty('heartbeats');
  });

  it('is the team\'s once it has edited the file: kept, and what it lacks is said', async () => {
    const tree = treeWith();
    await put(tree, { url: 'https://example.com' });
    const edited = text(tree, 'uptime.json').replace('"frequency": 180', '"frequency": 60');
    tree.write('apps/web/uptime.json', edited);
    expect(await put(tree)).toEqual([]);
    const steps = await put(tree, {}, 'backup');
    expect(text(tree, 'uptime.json')).toBe(edited);
    expect(steps).toEqual([{ file: 'apps/web/uptime.json', why: expect.stringContaining('"heartbeats"'), lines: expect.stringMatching(/^\{"name":"backup",.*"env":"BACKUP_HEARTBEAT_URL"\},\n\{"name":"restore drill",.*\}$/) }]);
    expect(finding(tree, 'heartbeats')).toMatchObject({ status: 'fail', message: 'Nobody notices when it does not run: backup, restore drill' });
    // The lines do what they say.
    tree.write('apps/web/uptime.json', edited.replace('"heartbeats": []', `"heartbeats": [${steps[0]?.lines}]`));
    expect(findings(tree)['heartbeats']).toBe('pass');
    expect(await put(tree, { url: 'https://new.example.com' })).toEqual([expect.objectContaining({ lines: '"url": "https://new.example.com",' })]);
    const { steps: left } = await removeCapabilities(tree, readNextApp(tree, 'web'), ['uptime']);
    expect(left).toEqual([expect.objectContaining({ file: 'apps/web/uptime.json' })]);
    expect(tree.exists('apps/web/uptime.json')).toBe(true);
  });

  it('stays as somebody else wrote it', async () => {
    const theirs = '{ "prefix": "theirs: ", "monitors": [{ "name": "a", "url": "https://a.example/" }, { "name": "b", "url": "https://a.example/api/health" }] }\n';
    const tree = treeWith({ 'uptime.json': theirs });
    const before = contentsOf(tree);
    await put(tree);
    expect(text(tree, 'uptime.json')).toBe(theirs);
    expect(findings(tree)['monitors']).toBe('pass');
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['uptime'], { leaveNoTrace: true });
    expect(contentsOf(tree)).toEqual(before);
  });
});

describe('the health check', () => {
  it('waits for a request by connection() from Next 15 on, and by dynamic before', async () => {
    const of = async (next: string): Promise<string> => {
      const tree = treeWith({}, { ...NEXT_16, next });
      await put(tree);
      expect(findings(tree)['health']).toBe('pass');
      return text(tree, HEALTH) + text(tree, 'app/api/health/live/route.ts');
    };
    for (const next of ['~16.4.6', '15.0.3']) expect(await of(next)).toMatch(/^(?!.*force-dynamic).*await connection\(\).*await connection\(\)/s);
    expect(await of('14.2.30')).toMatch(/^(?!.*connection).*dynamic = 'force-dynamic'.*dynamic = 'force-dynamic'/s);
  });

  it('asks the variables that the app itself reads first', async () => {
    const tree = treeWith({ '.env.example': 'PAYLOAD_DATABASE_URI=\nDIRECT_URL=\nSHADOW_DATABASE_URL=\nNEXT_PUBLIC_URL=\n' });
    await put(tree);
    expect(text(tree, 'hardening/health.ts')).toContain('const { PAYLOAD_DATABASE_URI, DATABASE_URL, DATABASE_URI, POSTGRES_URL } = process.env;');
  });

  it('asks no database that the app has none of, and gets no driver', async () => {
    const tree = treeWith({}, NEXT_ALONE);
    const manifest = text(tree, 'package.json');
    await put(tree);
    expect(newFiles(tree)).toEqual(['app/api/health/live/route.ts', HEALTH, 'hardening.json', 'hardening/health.ts', 'hardening/health/readiness.ts', 'uptime.json']);
    expect(text(tree, 'hardening/health.ts')).not.toMatch(/postgres|database/i);
    expect(text(tree, 'package.json')).toBe(manifest);
  });

  it('comes with the driver for an app that talks to PostgreSQL by another one', async () => {
    const tree = treeWith({}, { ...NEXT_ALONE, '@prisma/client': '^6.0.0' });
    await put(tree);
    const { dependencies, devDependencies } = JSON.parse(text(tree, 'package.json'));
    expect(dependencies.pg).toMatch(/^\^8/);
    expect(devDependencies['@types/pg']).toMatch(/^\^8/);
    await put(tree);
    expect(JSON.parse(text(tree, 'package.json')).dependencies.pg).toMatch(/^\^8/);
  });

  it.each<[string, Files, string[]]>([
    ['in src', { 'app/layout.tsx': null, 'app/page.tsx': null, 'src/app/layout.tsx': LAYOUT }, ['src/app/api/health/route.ts', 'src/hardening/health.ts']],
    ['with page extensions of its own', { 'next.config.mjs': "export default { pageExtensions: ['page.tsx', 'page.ts'] };\n" }, ['app/api/health/route.page.ts', 'hardening/health.ts']],
    ['with the Pages Router', { 'app/layout.tsx': null, 'app/page.tsx': null, 'pages/index.tsx': 'export default () => null;\n' }, ['pages/api/health/index.ts', 'pages/api/health/live.ts', 'hardening/health.ts']],
    ['in JavaScript', { 'tsconfig.json': null }, ['app/api/health/route.js', 'hardening/health.js', 'hardening/health/readiness.js', 'hardening/health/postgres.js']],
  ])('lies where Next looks for it: an app %s', async (_, files, expected) => {
    const tree = treeWith(files);
    await put(tree);
    expect(newFiles(tree)).toEqual(expect.arrayContaining(expected));
    expect(findings(tree)['health']).toBe('pass');
  });

  it('is not there for plain files, which have no server; their home page is watched', async () => {
    const tree = treeWith({ 'next.config.mjs': "export default { output: 'export' };\n" });
    await put(tree, { url: 'https://example.com' });
    expect(newFiles(tree)).toEqual(['hardening.json', 'uptime.json']);
    expect(fileOf(tree).monitors.map(({ name }) => name)).toEqual(['home page']);
    expect(findings(tree)).toEqual({ health: 'pass', monitors: 'pass' });
  });
});

const OWN = "export async function GET() {\n  return Response.json({ up: true }, { headers: { 'cache-control': 'no-store' } });\n}\n";

describe("a team's own health check", () => {
  it.each<[string, string, string]>([
    ['healthz', 'app/api/healthz/route.ts', '/api/healthz'],
    ['one in a group of routes', 'app/(internal)/health/route.ts', '/health'],
    ['readyz', 'app/readyz/route.ts', '/readyz'],
    ['one of the Pages Router', 'pages/api/health.ts', '/api/health'],
    ['an index of it', 'pages/api/health-check/index.ts', '/api/health-check'],
    ['one in TypeScript with JSX', 'app/api/health/route.tsx', '/api/health'],
  ])('is kept, and watched: %s', async (_, file, path) => {
    const tree = treeWith({ [file]: OWN });
    await put(tree, { url: 'https://example.com' });
    expect(newFiles(tree, { [file]: OWN })).toEqual(['hardening.json', 'uptime.json']);
    expect(fileOf(tree).monitors.map((one) => one.path)).toEqual(['/', path]);
    expect(findings(tree)).toEqual({ health: 'pass', monitors: 'pass' });
    await put(tree);
    expect(newFiles(tree, { [file]: OWN })).toEqual(['hardening.json', 'uptime.json']);
  });

  it.each(['app/health/page.tsx', 'app/api/health/[id]/route.ts', 'app/api/_health/route.ts', 'app/api/livez/route.ts', 'pages/health.tsx', 'app/api/health/route.md'])('is not %s', async (file) => {
    const tree = treeWith({ [file]: OWN });
    expect(findings(tree)['health']).toBe('fail');
    expect(await put(tree, { url: 'https://example.com' })).toEqual([]);
    expect(text(tree, HEALTH)).toContain('readiness()');
    expect(text(tree, file)).toBe(OWN);
  });

  it('that comes later does not take ours away', async () => {
    const tree = treeWith();
    await put(tree, { url: 'https://example.com' });
    tree.write('apps/web/app/api/healthz/route.ts', OWN);
    await put(tree);
    expect(text(tree, HEALTH)).toContain('readiness()');
    expect(fileOf(tree).monitors.map((one) => one.path)).toEqual(['/', '/api/health']);
  });

  it('that is live alone stays where it is, beside ours', async () => {
    const tree = treeWith({ 'app/api/health/live/route.ts': OWN });
    expect(await put(tree, { url: 'https://example.com' })).toEqual([]);
    expect(text(tree, HEALTH)).toContain('readiness()');
    expect(text(tree, 'app/api/health/live/route.ts')).toBe(OWN);
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['uptime']);
    expect(text(tree, 'app/api/health/live/route.ts')).toBe(OWN);
  });

  it.each<[string, string, Record<string, string>, Finding['status'], RegExp]>([
    ['static', `export const dynamic = 'force-static';\n${OWN}`, NEXT_16, 'fail', /from a cache.*dynamic is 'force-static'/],
    ['kept for a minute', `export const revalidate = 60;\n${OWN}`, NEXT_16, 'fail', /revalidate is 60/],
    ['run at build time by Next 14', OWN, { ...NEXT_16, next: '14.2.30' }, 'fail', /Next runs it once, at build time/],
    ['looking at the request on Next 14', OWN.replace('GET()', 'GET(request: Request)'), { ...NEXT_16, next: '14.2.30' }, 'pass', /anew each time/],
    ['an arrow that looks at the request on Next 14', "export const GET = async (request) => new Response(request.url, { headers: { 'cache-control': 'no-store' } });\n", { ...NEXT_16, next: '14.2.30' }, 'pass', /anew each time/],
    ['dynamic on Next 14', `export const dynamic = 'force-dynamic';\n${OWN}`, { ...NEXT_16, next: '14.2.30' }, 'pass', /anew each time/],
    ['without no-store', 'export const GET = () => new Response();\n', NEXT_16, 'warn', /no-store/],
    ['in the edge runtime', `export const runtime = 'edge';\n${OWN}`, NEXT_16, 'warn', /edge runtime/],
    ['not to be parsed', 'export const GET = (\n', NEXT_16, 'warn', /cannot be read/],
  ])('is looked at: %s', (_, route, dependencies, status, message) => {
    const found = finding(treeWith({ [HEALTH]: route }, dependencies), 'health');
    expect(found).toMatchObject({ status, message: expect.stringMatching(message), file: `apps/web/${HEALTH}` });
    // Our generator keeps it, so it mends nothing.
    expect(found).not.toHaveProperty('fix');
  });

  it('is made at build time with Cache Components, unless it waits for something', () => {
    const of = (route: string): Finding | undefined => finding(treeWith({ [HEALTH]: route, 'next.config.mjs': 'export default { cacheComponents: true };\n' }), 'health');
    expect(of(OWN)).toMatchObject({ status: 'fail', message: expect.stringContaining('Write: await connection()') });
    for (const route of [OWN.replace('{\n', '{\n  await connection();\n'), OWN.replace('{\n', '{\n  await db.ping();\n'), OWN.replace('GET()', 'GET(request)')]) expect(of(route)?.status).toBe('pass');
  });

  it('may say no-store in a file that it imports', () => {
    const tree = treeWith({ [HEALTH]: "import { json } from '../../../lib/json';\nexport const GET = () => json({});\n", 'lib/json.ts': "export const json = (body: unknown) => Response.json(body, { headers: { 'Cache-Control': 'No-Store' } });\n" });
    expect(finding(tree, 'health')?.status).toBe('pass');
  });
});

describe('what stands on another', () => {
  it('is not made where a file of the team\'s has the place of what it stands on', async () => {
    const files = { 'hardening/health.ts': 'export const mine = 1;\n' };
    const tree = treeWith(files);
    const steps = await put(tree, { url: 'https://example.com' });
    expect(steps.map(({ file }) => file)).toContain('apps/web/hardening/health.ts');
    expect(newFiles(tree, files).filter((file) => file.startsWith('app/api/health'))).toEqual([]);
    expect(findings(tree)['health']).toBe('fail');
    expect(text(tree, 'hardening/health.ts')).toBe('export const mine = 1;\n');
  });

  it('stays with the packages that it needs', async () => {
    const tree = treeWith({}, { ...NEXT_16, '@payloadcms/db-postgres': '3.90.2' });
    await put(tree, { url: 'https://example.com' });
    tree.write(`apps/web/${HEALTH}`, `${text(tree, HEALTH)}\n// edited\n`);
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['uptime'], { leaveNoTrace: true });
    expect(newFiles(tree)).toContain('hardening/health/postgres.ts');
    const { dependencies, devDependencies } = JSON.parse(text(tree, 'package.json')) as Record<string, Record<string, string>>;
    expect([dependencies?.['pg'], devDependencies?.['@types/pg']]).toEqual([expect.any(String), expect.any(String)]);
  });

  it('stays, with what it brings in, when an edited route stays', async () => {
    const tree = treeWith();
    await put(tree, { url: 'https://example.com' });
    tree.write(`apps/web/${HEALTH}`, `${text(tree, HEALTH)}\n// edited\n`);
    const { steps } = await removeCapabilities(tree, readNextApp(tree, 'web'), ['uptime'], { leaveNoTrace: true });
    expect(steps.map(({ file }) => file.replace('apps/web/', '')).sort()).toEqual(newFiles(tree));
    expect(newFiles(tree)).toContain('hardening/health.ts');
    expect(newFiles(tree)).not.toContain('uptime.json');
  });

  it('is no health check where it answers no GET', async () => {
    const tree = treeWith({ 'app/api/patients/health/route.ts': 'export function POST() {\n  return new Response();\n}\n' });
    await put(tree, { url: 'https://example.com' });
    expect(fileOf(tree).monitors.map(({ path }) => path)).toEqual(['/', '/api/health']);
    expect(tree.exists(`apps/web/${HEALTH}`)).toBe(true);
  });
});
