import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runProgramOf } from './package-program';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nx-harden-program-'));
  mkdirSync(join(dir, 'node_modules/tool'), { recursive: true });
  writeFileSync(join(dir, 'node_modules/tool/package.json'), '{ "name": "tool", "bin": { "say": "say.js" } }');
  writeFileSync(join(dir, 'node_modules/tool/say.js'), 'console.log(process.cwd(), ...process.argv.slice(2)); console.error("aside"); process.exitCode = 3;');
});
afterEach(() => rmSync(dir, { recursive: true }));

it('runs a program in the app, and hands over how it ended', async () => {
  const { code, output } = await runProgramOf(dir, 'tool', ['a b'], { program: 'say', isShown: false });
  expect(code).toBe(3);
  expect(output).toContain(`${dir} a b\n`);
  expect(output).toContain('aside\n');
});

it.each([
  ['no-such-package-anywhere', 'no-such-package-anywhere', /^no-such-package-anywhere is not installed for .*\. Install the packages, and run again\.$/],
  ['tool', 'shout', /^tool has no program shout: .*package\.json$/],
])('says what is missing: %s, %s', async (packageName, program, message) => {
  await expect(async () => runProgramOf(dir, packageName, [], { program })).rejects.toThrow(message);
});
