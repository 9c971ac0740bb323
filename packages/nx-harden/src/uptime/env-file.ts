import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A variable with its value, which may go over several lines in quotes; a comment behind it is not part of it. */
const ASSIGNMENT = /^((?:\u00ef\u00bb\u00bf|\ufeff)?[ \t]*(?:export[ \t]+)?([\w.]+)[ \t]*=)([ \t]*(?:"(?:\\[\s\S]|[^"\\])*"|'[^']*'|`[^`]*`)|[^\r\n#]*)/gm;

/** The text of an env file with some variables set. All other lines stay, to the byte. */
export function withVariables(content: string, variables: Readonly<Record<string, string>>): string {
  const eol = content.includes('\r\n') ? '\r\n' : '\n';
  let result = content;
  for (const [name, value] of Object.entries(variables)) {
    let isThere = false;
    // A variable may stand there twice, and readers differ on which counts. What is inside the quotes of another is text.
    const replaced = result.replace(ASSIGNMENT, (whole: string, head: string, found: string, old: string) => {
      if (found !== name) return whole;
      isThere = true;
      const rest = old.trim() === '' ? '' : (/[ \t]+$/.exec(old)?.[0] ?? '');
      return head + value + rest;
    });
    if (isThere) result = replaced;
    else result = `${result}${result === '' || result.endsWith('\n') ? '' : eol}${name}=${value}${eol}`;
  }
  return result;
}

/** Throws where git would take the file in, or cannot be asked. A tracked file is not ignored, whatever .gitignore says. */
export function assertIgnored(workspaceRoot: string, path: string): void {
  const file = relative(workspaceRoot, path);
  // A link may be ignored, and what it leads to not.
  const places = existsSync(path) ? [...new Set([path, realpathSync(path)])] : [path];
  const statuses = places.map((place) => spawnSync('git', ['check-ignore', '--quiet', '--', place], { cwd: dirname(place), stdio: 'ignore' }).status);
  const status = statuses.find((one) => one !== 0);
  if (status === undefined) return;
  const why = status === 1 ? 'git does not ignore it' : 'git cannot say whether it is ignored';
  throw new Error(`The URL of a heartbeat is a secret, and is not written into ${file}: ${why}. Add ${file} to .gitignore, or name another file with --envFile.`);
}

/** Sets variables in a file that its owner alone can read. Returns the names of those that were not so before. */
export function writeVariables(path: string, variables: Readonly<Record<string, string>>): string[] {
  // One that is a link stays one.
  const target = existsSync(path) ? realpathSync(path) : path;
  const before = existsSync(target) ? readFileSync(target, 'latin1') : '';
  const changed = Object.entries(variables).filter(([name, value]) => withVariables(before, { [name]: value }) !== before);
  if (changed.length === 0) return [];
  mkdirSync(dirname(target), { recursive: true });
  // In one step, so that no half of it is ever there; and never with the rights of others, not for a moment.
  const part = join(dirname(target), `.nx-harden-${process.pid}.tmp`);
  try {
    // By bytes, whatever its encoding is.
    writeFileSync(part, withVariables(before, variables), { mode: 0o600, flag: 'wx', encoding: 'latin1' });
    chmodSync(part, 0o600);
    renameSync(part, target);
  } finally {
    rmSync(part, { force: true });
  }
  return changed.map(([name]) => name);
}
