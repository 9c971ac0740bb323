import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attempt, REPOSITORY, userEnvironment } from './src/shell.ts';
import { makeTempDir } from './src/temp.ts';

const DEMO = join(REPOSITORY, 'tools/demo.mjs');

describe('the demo', () => {
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  /** The demo's folders. A log may stay: it is what an error message points at. */
  const made = async (): Promise<string[]> => (await readdir(temp.path)).filter((entry) => entry.startsWith('nx-harden-demo-') && !entry.endsWith('.log'));
  beforeAll(async () => {
    temp = await makeTempDir('demo-test');
  });
  afterAll(() => temp?.remove());

  it('makes an app, hardens it, and shows what that changes', async () => {
    const { code, output } = await attempt('node', [DEMO], REPOSITORY, { env: { TMPDIR: temp.path } });
    expect(code, output).toBe(0);
    expect(output).toMatch(/✗ headers\/csp[^]*✓ \[6\/10\][^]*UPDATE apps\/web\/next\.config\.js[^]*\+ strict-transport-security[^]*- x-powered-by[^]*✓ headers\/hsts[^]* 0 fail, 0 manual\)[^]*✓ \[10\/10\]/);
    const [kept = ''] = await made();
    expect(output).toContain(`cd ${join(temp.path, kept, 'acme')}`);
    expect(await readdir(join(temp.path, kept, 'acme'))).toContain('nx.json');
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const before = await made();
    const child = execa('node', [DEMO], { cwd: REPOSITORY, env: userEnvironment({ TMPDIR: temp.path }), extendEnv: false, reject: false, all: true, stdin: 'ignore' });
    child.all.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('[2/10]')) child.kill('SIGINT');
    });
    const { exitCode, all } = await child;
    expect(exitCode).toBe(130);
    expect(all).toContain('Stopped.');
    expect(await made()).toEqual(before);
  });

  it.each([
    [['--app', 'no/such/folder'], 1, 'there is no package.json in'],
    [['--ap'], 2, 'Usage: npx pnpm@12 demo'],
  ])('says what is wrong with %j', async (args, expected, message) => {
    const before = await made();
    const { code, output } = await attempt('node', [DEMO, ...args], REPOSITORY, { env: { TMPDIR: temp.path } });
    expect(code).toBe(expected);
    expect(output).toContain(message);
    expect(output).not.toMatch(/^\s+at .*\.mjs:\d+/m);
    expect(await made()).toEqual(before);
  });
});
