import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { removeOwnFile, writeOwnFile } from './own-file';

const PATH = 'apps/web/hardening/x.cjs';
const V1 = "module.exports = {\n  a: ['b', 'c'],\n};\n";
const V2 = "module.exports = {\n  a: ['b', 'd'],\n};\n";

describe('a file that we own', () => {
  let tree: Tree;
  let owned: Record<string, string>;
  const write = (content: string) => writeOwnFile(tree, 'apps/web', owned, PATH, content);
  const read = () => tree.read(PATH, 'utf-8');

  beforeEach(() => {
    tree = createTreeWithEmptyWorkspace();
    owned = {};
    expect(write(V1)).toBeUndefined();
  });

  it('is rewritten while it is as recorded', () => {
    expect(write(V2)).toBeUndefined();
    expect(read()).toBe(V2);
  });

  it('is kept when it was edited, and the new version is offered as a diff', () => {
    const edited = V1.replace("'b'", "'mine'");
    tree.write(PATH, edited);
    const step = write(V2);
    expect(read()).toBe(edited);
    expect(step?.why).toContain('edited by hand');
    expect(step?.lines).toContain("-  a: ['mine', 'c'],\n+  a: ['b', 'd'],");
    expect(removeOwnFile(tree, 'apps/web', owned, 'hardening/x.cjs')?.lines).toBe(`git rm ${PATH}`);
    expect(read()).toBe(edited);
  });

  it('is kept without a word when it was edited and there is nothing newer', () => {
    tree.write(PATH, `${V1}// mine\n`);
    expect(write(V1)).toBeUndefined();
    expect(read()).toBe(`${V1}// mine\n`);
  });

  it.each([
    ['another formatter', 'module.exports = { a: ["b", "c"] }\n'],
    ['Windows line ends', V1.replaceAll('\n', '\r\n')],
  ])('is not taken for edited after %s, and not rewritten for it', (_, formatted) => {
    tree.write(PATH, formatted);
    expect(write(V1)).toBeUndefined();
    expect(read()).toBe(formatted);
    expect(write(V2)).toBeUndefined();
    expect(read()).toBe(V2);
  });

  it('comes back when it was deleted', () => {
    tree.delete(PATH);
    write(V1);
    expect(read()).toBe(V1);
  });

  it("never replaces a file that was there before us, but offers ours", () => {
    const step = writeOwnFile(tree, 'apps/web', {}, PATH, V2);
    expect(read()).toBe(V1);
    expect(step?.why).toContain('did not write');
  });

  it.each(['a:\nb: 1\n', 'a:\n  b: 1 # ours\n', 'a: [\n'])('sees an edit of YAML: %j', (edited) => {
    writeOwnFile(tree, '.', owned, 'ci.yml', 'a:\n  b: 1\n');
    tree.write('ci.yml', edited);
    expect(writeOwnFile(tree, '.', owned, 'ci.yml', 'a:\n  b: 2\n')?.file).toBe('ci.yml');
  });

  it('takes YAML in another layout for what it is', () => {
    writeOwnFile(tree, '.', owned, 'ci.yml', '# head\na:\n  b: "1"\n');
    tree.write('ci.yml', "# head\n\na:\n    b: '1'\n");
    expect(writeOwnFile(tree, '.', owned, 'ci.yml', '# head\na:\n  b: "2"\n')).toBeUndefined();
  });
});
