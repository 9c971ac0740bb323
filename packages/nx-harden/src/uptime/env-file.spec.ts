import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertIgnored, withVariables, writeVariables } from './env-file';

const URL_A = 'https://uptime.betterstack.com/api/v1/heartbeat/a';

describe('the lines of an env file', () => {
  it.each([
    ['an empty one', '', `A_URL=${URL_A}\n`],
    ['one with others', 'X=1\n# A_URL=old\nY="a\\nb"\n', `X=1\n# A_URL=old\nY="a\\nb"\nA_URL=${URL_A}\n`],
    ['one without a line end at its end', 'X=1', `X=1\nA_URL=${URL_A}\n`],
    ['one with Windows line ends', 'X=1\r\nA_URL=old\r\nY=2\r\n', `X=1\r\nA_URL=${URL_A}\r\nY=2\r\n`],
    ['one that exports', '  export A_URL = "old"\nXA_URL=1\nA_URL_B=2\n', `  export A_URL =${URL_A}\nXA_URL=1\nA_URL_B=2\n`],
    ['one with a value over several lines', 'A_URL="one\ntwo"\nX=1\n', `A_URL=${URL_A}\nX=1\n`],
    ['one that has its name inside a value', 'KEY="---\nA_URL=inside\n---"\n', `KEY="---\nA_URL=inside\n---"\nA_URL=${URL_A}\n`],
    ['one with a comment behind it', 'A_URL=old # keep me\n', `A_URL=${URL_A} # keep me\n`],
    ['one with a byte order mark', '\u00ef\u00bb\u00bfA_URL=old\n', `\u00ef\u00bb\u00bfA_URL=${URL_A}\n`],
    ['one that has it twice', 'A_URL=1\nA_URL=2\n', `A_URL=${URL_A}\nA_URL=${URL_A}\n`],
  ])('stay, but for ours: %s', (_, before, after) => {
    expect(withVariables(before, { A_URL: URL_A })).toBe(after);
    expect(withVariables(after, { A_URL: URL_A })).toBe(after);
  });

  it('take a value as it is', () => {
    expect(withVariables('A_URL=x\n', { A_URL: "$&$1$'" })).toBe("A_URL=$&$1$'\n");
  });
});

describe('an env file', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'nx-harden-env-'))));
  afterEach(() => rmSync(dir, { recursive: true }));
  const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

  it('keeps its bytes, whatever its encoding is', () => {
    const path = join(dir, '.env.local');
    writeFileSync(path, Buffer.from([0x50, 0x3d, 0xe9, 0x0a]));
    writeVariables(path, { A_URL: URL_A });
    expect(readFileSync(path).subarray(0, 4)).toEqual(Buffer.from([0x50, 0x3d, 0xe9, 0x0a]));
  });

  it('is not written where git takes in what a link leads to', () => {
    execFileSync('git', ['init', '-q'], { cwd: dir });
    writeFileSync(join(dir, '.gitignore'), '.env.local\n');
    writeFileSync(join(dir, 'shared.env'), 'X=1\n');
    symlinkSync('shared.env', join(dir, '.env.local'));
    expect(() => assertIgnored(dir, join(dir, '.env.local'))).toThrow('git does not ignore it');
    writeFileSync(join(dir, '.gitignore'), '.env.local\nshared.env\n');
    expect(() => assertIgnored(dir, join(dir, '.env.local'))).not.toThrow();
  });

  it('is for its owner alone, also one that was not', () => {
    const path = join(dir, '.env.local');
    expect(writeVariables(path, { A_URL: URL_A })).toEqual(['A_URL']);
    expect(mode(path)).toBe('600');
    chmodSync(path, 0o644);
    expect(writeVariables(path, { A_URL: URL_A, B_URL: URL_A })).toEqual(['B_URL']);
    expect(mode(path)).toBe('600');
    expect(writeVariables(path, { A_URL: URL_A, B_URL: URL_A })).toEqual([]);
    expect(readdirSync(dir)).toEqual(['.env.local']);
  });

  it('that is a link stays one', () => {
    writeFileSync(join(dir, 'shared'), 'X=1\n');
    symlinkSync(join(dir, 'shared'), join(dir, '.env.local'));
    writeVariables(join(dir, '.env.local'), { A_URL: URL_A });
    expect(lstatSync(join(dir, '.env.local')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(dir, 'shared'), 'utf-8')).toBe(`X=1\nA_URL=${URL_A}\n`);
  });

  it('has to be one that git ignores', () => {
    const git = (...args: string[]): void => void execFileSync('git', args, { cwd: dir, stdio: 'ignore' });
    const path = join(dir, '.env.local');
    expect(() => assertIgnored(dir, path)).toThrow('git cannot say whether it is ignored');
    git('init');
    expect(() => assertIgnored(dir, path)).toThrow('is not written into .env.local: git does not ignore it. Add .env.local to .gitignore');
    writeFileSync(join(dir, '.gitignore'), '.env*.local\n');
    expect(() => assertIgnored(dir, path)).not.toThrow();
    writeFileSync(path, 'X=1\n');
    git('add', '--force', '.env.local');
    expect(() => assertIgnored(dir, path)).toThrow('git does not ignore it');
  });
});
