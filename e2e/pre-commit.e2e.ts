import { randomBytes, generateKeyPairSync } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { pathOfProgram } from '../tools/system-programs.mjs';
import { changedSince, commitAll, initRepository, status } from './src/git.ts';
import { inOrder } from './src/in-order.ts';
import { attempt, run, type Outcome } from './src/shell.ts';
import { makeTempDir } from './src/temp.ts';
import { createTypeScriptWorkspace } from './src/typescript-workspace.ts';
import { put } from './src/workspace.ts';

const { tarball } = inject('shared');
const KEY = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey;
const KEY_LINES = KEY.split('\n').filter((line) => line.length > 20 && !line.includes('PRIVATE'));

/** What a person may commit by mistake, and the only hook that is to fail for it. */
const FAULTS: { fault: string; hook: string; plant: (dir: string) => Promise<void> }[] = [
  { fault: 'a private key', hook: 'secrets', plant: (dir) => put(join(dir, 'apps/web/src/app/[slug]/notes.txt'), KEY) },
  {
    fault: 'a private key in a file that .gitignore names, added by force',
    hook: 'secrets',
    plant: async (dir) => {
      await put(join(dir, '.env'), `KEY="${KEY}"\n`);
      await run('git', ['add', '--force', '.env'], dir);
    },
  },
  { fault: 'a large file', hook: 'large-files', plant: (dir) => put(join(dir, 'apps/web/public/film.bin'), randomBytes(600_000)) },
  { fault: 'a merge that is not resolved', hook: 'merge-markers', plant: (dir) => put(join(dir, 'notes.txt'), 'a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n') },
  { fault: "a lint error by a project's own rule", hook: 'lint', plant: (dir) => put(join(dir, 'libs/b/src/log.ts'), "console.log('here');\n") },
  { fault: 'code that is not formatted', hook: 'format', plant: (dir) => put(join(dir, 'libs/a/src/wide.ts'), 'export const wide   =   1;\n') },
  { fault: 'a type error', hook: 'type-check', plant: (dir) => put(join(dir, 'libs/a/src/wrong.ts'), "export const wrong: number = 'text';\n") },
  { fault: 'a broken test', hook: 'test', plant: (dir) => put(join(dir, 'libs/a/src/double.ts'), 'export function double(value: number): number {\n  return value * 3;\n}\n') },
];

interface Manager {
  manager: string;
  /** Turns the hooks on in a clone. */
  activate: string[];
  deactivate?: string[];
  /** The hooks that a run says to have failed. */
  failed: (output: string) => string[];
  /** Runs those of a commit by hand: over all files, where the manager can. */
  runAll: string[];
}
const matches = (output: string, pattern: RegExp): string[] => [...output.matchAll(pattern)].map(([, id = '']) => id);
const MANAGERS: Manager[] = [
  {
    manager: 'pre-commit',
    activate: ['pre-commit', 'install'],
    deactivate: ['pre-commit', 'uninstall'],
    failed: (output) => matches(output, /\.Failed\n- hook id: (\S+)/g),
    runAll: ['pre-commit', 'run', '--all-files'],
  },
  {
    manager: 'lefthook',
    activate: ['pnpm', 'exec', 'lefthook', 'install'],
    deactivate: ['pnpm', 'exec', 'lefthook', 'uninstall'],
    failed: (output) => matches(output.slice(output.indexOf('summary:')), /(?:🥊|✖|✗)\s+([\w-]+)/gu),
    runAll: ['pnpm', 'exec', 'lefthook', 'run', 'pre-commit', '--all-files', '--force'],
  },
  {
    manager: 'husky',
    activate: ['pnpm', 'run', 'prepare'],
    failed: (output) => (/^Failed:(.*)$/m.exec(output)?.[1] ?? '').split(' ').filter(Boolean),
    runAll: ['sh', '-e', '.husky/pre-commit'],
  },
];

describe('the hooks of a commit', () => {
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  let origin: string;

  beforeAll(async () => {
    // Says what to install when it is missing.
    pathOfProgram('pre-commit');
    temp = await makeTempDir('hooks');
    origin = join(temp.path, 'origin');
    await mkdir(origin);
    await createTypeScriptWorkspace(origin);
    await initRepository(origin);
    await run('pnpm', ['add', '-Dw', tarball], origin);
    await commitAll(origin, 'with the plugin');
  });
  afterAll(() => temp?.remove());

  describe.each(MANAGERS)('by $manager', ({ manager, activate, deactivate, failed, runAll }) => {
    inOrder();
    let dir: string;
    let first: string;
    const env = () => ({ PRE_COMMIT_HOME: join(temp.path, 'pre-commit-home') });
    const exec = ([command = '', ...args]: string[]): Promise<Outcome> => attempt(command, args, dir, { env: env() });
    const nx = (...args: string[]) => exec(['pnpm', 'exec', 'nx', ...args]);
    const commit = async (message: string): Promise<Outcome> => {
      await run('git', ['add', '-A'], dir);
      return exec(['git', 'commit', '-m', message]);
    };

    beforeAll(async () => {
      dir = join(temp.path, manager);
      await run('git', ['clone', '-q', origin, dir], temp.path);
      for (const [key, value] of [['user.name', 'e2e'], ['user.email', 'e2e@example.com'], ['commit.gpgsign', 'false']] as const) await run('git', ['config', key, value], dir);
      await run('pnpm', ['install', '--frozen-lockfile'], dir);
      first = await run('git', ['rev-parse', 'HEAD'], dir);
    });

    it('are put in, with the way to turn them on', async () => {
      const { code, output } = await nx('g', '@chronos/nx-harden:pre-commit', 'web', `--manager=${manager}`);
      expect(code, output).toBe(0);
      expect(output).toContain('To turn them on, in each clone: ');
      expect(output).not.toContain('left to you');
      const on = await exec(activate);
      expect(on.code, on.output).toBe(0);
    });

    it('pass when they themselves are committed', async () => {
      const { code, output } = await commit('hooks');
      expect(code, output).toBe(0);
      expect(await status(dir)).toBe('');
    });

    it('pass when they are run by hand, over all files', async () => {
      const { code, output } = await exec(runAll);
      expect(code, output).toBe(0);
      expect(failed(output)).toEqual([]);
    });

    it('let a commit through that is in order, in seconds', async () => {
      await put(join(dir, 'libs/a/src/triple.ts'), 'export function triple(value: number): number {\n  return value * 3;\n}\n');
      const start = Date.now();
      const { code, output } = await commit('triple');
      expect(code, output).toBe(0);
      expect(Date.now() - start).toBeLessThan(60_000);
    });

    it.each(FAULTS)('stop $fault: $hook, and only that', async ({ hook, plant }) => {
      const before = await run('git', ['rev-parse', 'HEAD'], dir);
      await plant(dir);
      const { code, output } = await commit('fault');
      expect(failed(output), output).toEqual([hook]);
      expect(code).not.toBe(0);
      expect(await run('git', ['rev-parse', 'HEAD'], dir)).toBe(before);
      for (const line of KEY_LINES) expect(output).not.toContain(line);
      await run('git', ['reset', '-q', '--hard'], dir);
      await run('git', ['clean', '-qfd'], dir);
    });

    it('see a secret that is staged, and gone again from the folder', async () => {
      await put(join(dir, 'notes.txt'), KEY);
      await run('git', ['add', '-A'], dir);
      await put(join(dir, 'notes.txt'), 'nothing\n');
      const { code, output } = await exec(['git', 'commit', '-m', 'staged']);
      expect(failed(output), output).toEqual(['secrets']);
      expect(code).not.toBe(0);
      for (const line of KEY_LINES) expect(output).not.toContain(line);
      await run('git', ['reset', '-q', '--hard'], dir);
    });

    it('check on push what differs from the remote, and all when the remote has nothing yet', async () => {
      const remote = join(temp.path, `${manager}.git`);
      await run('git', ['init', '-q', '--bare', '-b', 'main', remote], temp.path);
      await run('git', ['remote', 'set-url', 'origin', remote], dir);
      await run('git', ['update-ref', '-d', 'refs/remotes/origin/main'], dir);
      const push = () => exec(['git', 'push', '-u', 'origin', 'main']);
      const all = await push();
      expect(all.code, all.output).toBe(0);

      await put(join(dir, 'libs/a/src/wrong.ts'), "export const wrong: number = 'text';\n");
      await commitAll(dir, 'past the hooks');
      const some = await push();
      expect(some.code, some.output).not.toBe(0);
      expect(some.output).toMatch(/@acme\/a:typecheck/);
      expect(await run('git', ['ls-remote', remote, 'main'], dir)).not.toContain(await run('git', ['rev-parse', 'HEAD'], dir));
      await run('git', ['reset', '-q', '--hard', 'HEAD~1'], dir);
    });

    it('are the same after a second run', async () => {
      const { code, output } = await nx('g', '@chronos/nx-harden:pre-commit', 'web');
      expect(code, output).toBe(0);
      expect(await status(dir)).toBe('');
    });

    it('are taken out again, and commits go on', async () => {
      if (deactivate) await exec(deactivate);
      const { code, output } = await nx('g', '@chronos/nx-harden:remove', 'pre-commit', '--all');
      expect(code, output).toBe(0);
      await appendFile(join(dir, 'libs/a/src/double.ts'), '\n');
      const after = await commit('without hooks');
      expect(after.code, after.output).toBe(0);
      expect(failed(after.output)).toEqual([]);
      const left = await changedSince(dir, first);
      expect(left.filter((path) => !/^libs\/|^pnpm-lock\.yaml$/.test(path))).toEqual([]);
      expect(JSON.parse(await readFile(join(dir, 'package.json'), 'utf-8')).devDependencies).not.toHaveProperty('secretlint');
    });
  });
});
