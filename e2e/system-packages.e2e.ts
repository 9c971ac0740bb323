import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM_PROGRAMS } from '../tools/system-programs.mjs';
import { REPOSITORY } from './src/shell.ts';
import { makeTempDir } from './src/temp.ts';

/** A machine made of the programs in one folder, with a package manager that takes down what it is told. */
/** Of what the tests need. */
const ALL_BUT_CHROMIUM = { shellcheck: '', pg_dump: '', 'redis-server': '', ssh: '', 'pre-commit': '' };

describe('the system programs that the tests need', () => {
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  let count = 0;
  beforeAll(async () => {
    temp = await makeTempDir('machine');
  });
  afterAll(() => temp?.remove());

  async function machine(programs: Record<string, string>): Promise<{ bin: string; told: () => Promise<string> }> {
    const bin = join(temp.path, `machine-${count++}`);
    await mkdir(bin);
    // What the stand-ins themselves need.
    for (const name of ['sh', 'env', 'touch', 'chmod']) await symlink((await execa('sh', ['-c', `command -v ${name}`])).stdout, join(bin, name));
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(bin, name), 0o755);
    }
    return { bin, told: () => readFile(join(bin, 'told'), 'utf-8') };
  }
  async function install(bin: string, args: string[] = [], env: Record<string, string> = {}): Promise<{ code?: number; output: string }> {
    const { exitCode, all } = await execa(process.execPath, [join(REPOSITORY, 'tools/system-packages.mjs'), ...args], { env: { PATH: bin, HOME: bin, ...env }, extendEnv: false, reject: false, all: true });
    return { code: exitCode, output: all };
  }

  const isMac = process.platform === 'darwin';
  const installing = 'echo "$0 $*" >> "${0%/*}/told"; for name in chromium shellcheck pg_dump redis-server ssh pre-commit; do touch "${0%/*}/$name"; chmod +x "${0%/*}/$name"; done';
  const manager: Record<string, string> = isMac ? { brew: installing } : { 'apt-get': installing, 'apt-cache': 'echo "  Candidate: 1.0"', sudo: 'shift; [ "$1" = true ] || exec "$@"' };

  it('are found when they are there, and nothing is said', async () => {
    const { bin } = await machine({ chromium: '', ...ALL_BUT_CHROMIUM });
    expect(await install(bin)).toEqual({ code: 0, output: '' });
  });

  it('are installed by the package manager, which is asked once to refresh its lists', async () => {
    const { bin, told } = await machine(manager);
    expect(await install(bin)).toMatchObject({ code: 0, output: expect.stringContaining('Not installed yet: chromium, shellcheck, pg_dump, redis-server, ssh, pre-commit.') });
    const calls = (await told()).trim().split('\n');
    if (isMac) expect(calls[0]).toMatch(/brew install --cask google-chrome$/);
    else expect(calls.map((call) => call.replace(/^\S+ .*-q /, ''))).toEqual(['update', 'install -y --no-install-recommends chromium shellcheck postgresql-client redis-tools openssh-client pre-commit']);
  });

  it('are named in one error with the command to run, when only a look is wanted', async () => {
    const { bin } = await machine(manager);
    const { code, output } = await install(bin, ['--check']);
    expect(code).toBe(1);
    expect(output).toContain('chromium, shellcheck, pg_dump, redis-server, ssh, and pre-commit are not installed. Run: ');
    expect(output.split('\n')).toHaveLength(1);
  });

  it('are named in one error on a system with neither apt nor Homebrew', async () => {
    const { bin } = await machine(ALL_BUT_CHROMIUM);
    expect(await install(bin)).toEqual({
      code: 1,
      output: 'chromium is not installed. Install it by the means of your system, or set PLAYWRIGHT_CHROMIUM_PATH to the path of chromium',
    });
  });

  it('are looked for where a variable says, and a wrong one is told', async () => {
    const { bin } = await machine({ ...ALL_BUT_CHROMIUM, 'my-browser': '' });
    expect((await install(bin, [], { PLAYWRIGHT_CHROMIUM_PATH: join(bin, 'my-browser') })).code).toBe(0);
    const { code, output } = await install(bin, [], { PLAYWRIGHT_CHROMIUM_PATH: join(bin, 'nothing') });
    expect(code).toBe(1);
    expect(output).toMatch(/^PLAYWRIGHT_CHROMIUM_PATH is .*nothing, and there is no program/);
  });

  it('say what the package manager said, when it fails', async () => {
    const failing = 'echo "E: no space left"; exit 100';
    const { bin } = await machine(isMac ? { brew: failing } : { ...manager, 'apt-get': failing });
    const { code, output } = await install(bin);
    expect(code).toBe(1);
    expect(output).toContain('E: no space left');
  });

  it('each have a name in both package managers', () => {
    expect(SYSTEM_PROGRAMS.filter(({ apt, brew }) => apt.length === 0 || brew.length === 0)).toEqual([]);
  });
});
