import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** The script as it lies in a workspace, over real repositories. */
describe('the script of the hooks', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'staged-files-'));
    mkdirSync(join(dir, '.hardening'));
    copyFileSync(join(__dirname, 'files/staged-files.mjs.template'), join(dir, '.hardening/staged-files.mjs'));
    git('init', '-q');
    write('old.bin', '.'.repeat(3000));
    git('add', 'old.bin');
    git('commit', '-q', '-m', 'first');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...args], { cwd: dir, encoding: 'utf-8' });
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  };
  const check = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, ['.hardening/staged-files.mjs', ...args], { cwd: dir, encoding: 'utf-8', env: { ...process.env, NODE_NO_WARNINGS: '1' } });
    return { status, stderr };
  };

  it('names the checks that there are', () => {
    expect(check('larg-files')).toEqual({ status: 2, stderr: 'There is no check "larg-files". There are: large-files, merge-markers, lint, secretlint.\n' });
  });

  it.each(['large-files', 'merge-markers', 'lint', 'secretlint'])('passes when nothing is staged: %s', (name) => {
    expect(check(name)).toEqual({ status: 0, stderr: '' });
  });

  it('stops a large file that is added, as it is staged, by any name', () => {
    const path = 'app/[slug]/(a b)/ä.bin';
    write(path, '.'.repeat(1500));
    git('add', path);
    write(path, '');
    for (const files of [[], [path, 'old.bin']]) {
      const { status, stderr } = check('large-files', '--max-kb=1', ...files);
      expect(status).toBe(1);
      expect(stderr).toBe(`${path} has 2 kB\nUp to 1 kB may be committed. Keep it elsewhere, or use Git LFS: git lfs track\n`);
    }
    expect(check('large-files', '--max-kb=2').status).toBe(0);
  });

  it('lets through what was large before, has a new name, or is a lockfile', () => {
    write('old.bin', ','.repeat(4000));
    write('pnpm-lock.yaml', '.'.repeat(3000));
    git('add', 'old.bin', 'pnpm-lock.yaml');
    expect(check('large-files', '--max-kb=1', 'old.bin', 'pnpm-lock.yaml').status).toBe(0);
    git('reset', '-q', '--hard');
    git('mv', 'old.bin', 'new.bin');
    expect(check('large-files', '--max-kb=1').status).toBe(0);
  });

  it('finds marks of a merge by file and line, and no heading', () => {
    write('[a].txt', 'one\n>>>>>>> other\n');
    write('b.md', 'Title\n=======\n\n    <<<<<<< deeper\n');
    git('add', '[a].txt', 'b.md');
    expect(check('merge-markers')).toEqual({ status: 1, stderr: '[a].txt:2:>>>>>>> other\nThese are marks of a merge. Resolve it, and stage the files again.\n' });
    expect(check('merge-markers', 'b.md').status).toBe(0);
  });

  it('says what to do when a program is missing', () => {
    write('eslint.config.mjs', 'export default [];\n');
    git('add', 'eslint.config.mjs');
    const { status, stderr } = check('lint');
    expect(status).toBe(1);
    expect(stderr).toContain('eslint is not installed. Install the packages of the workspace.');
  });
});
