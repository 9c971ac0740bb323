import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type ProgramName = 'pg_dump' | 'pg_dumpall' | 'pg_restore' | 'psql';

/** PostgreSQL's clients of one version, on this machine or in a container. */
export interface PgPrograms {
  major: number;
  version: string;
  /** Where they lie: a folder, or the container's image. */
  place: string;
  /** The file to start and what comes before the program's own arguments. `files` are made visible to a container, `env` names what is passed on. */
  command(program: ProgramName, given?: { files?: readonly string[]; env?: readonly string[] }): { file: string; args: string[] };
}

/** What is missing, and how to get it. */
export class ProgramError extends Error {}

interface Search {
  /** A folder with the clients, or the path of `pg_dump` itself; nothing else is looked at then. */
  pgDumpPath?: string;
  env?: NodeJS.ProcessEnv;
  /** Looks whether Docker answers; replaced in tests. */
  hasDocker?: () => boolean;
}

/**
 * The clients for a server of that major version: its own where they are here, else newer ones, else those of the
 * container image. Throws {@link ProgramError} when there are only older ones: they cannot dump the server.
 */
export function findPgPrograms(serverMajor: number, { pgDumpPath, env = process.env, hasDocker = dockerAnswers }: Search = {}): PgPrograms {
  const found = (pgDumpPath ? [folderOf(pgDumpPath)] : foldersFor(serverMajor, env)).flatMap(programsIn);
  if (pgDumpPath && found.length === 0) throw new ProgramError(`There is no pg_dump at ${pgDumpPath}. Correct --pgDumpPath: a folder that holds pg_dump and pg_restore.`);
  const able = found.filter(({ major }) => major >= serverMajor).sort((a, b) => a.major - b.major);
  if (able[0]) return able[0];
  if (!pgDumpPath && hasDocker()) return inContainer(serverMajor);
  throw new ProgramError(`${complaint(found, serverMajor)}: ${remedy(serverMajor)}, or set --pgDumpPath.`);
}

function complaint(found: readonly PgPrograms[], serverMajor: number): string {
  const newest = [...found].sort((a, b) => b.major - a.major)[0];
  return newest ? `pg_dump ${newest.major} cannot dump a PostgreSQL ${serverMajor} server` : `pg_dump is not installed, and the server is PostgreSQL ${serverMajor}`;
}

function remedy(major: number): string {
  if (process.platform === 'darwin') return `run "brew install postgresql@${major}"`;
  if (process.platform === 'win32') return `install the command line tools of PostgreSQL ${major}`;
  return `install postgresql-client-${major} (https://wiki.postgresql.org/wiki/Apt has it for Debian and Ubuntu)`;
}

function foldersFor(major: number, env: NodeJS.ProcessEnv): string[] {
  const majors = [major, ...Array.from({ length: 8 }, (_, index) => major + index + 1)];
  const places = majors.flatMap((one) => [
    `/usr/lib/postgresql/${one}/bin`,
    `/usr/pgsql-${one}/bin`,
    `/opt/homebrew/opt/postgresql@${one}/bin`,
    `/usr/local/opt/postgresql@${one}/bin`,
    `/Applications/Postgres.app/Contents/Versions/${one}/bin`,
    `C:\\Program Files\\PostgreSQL\\${one}\\bin`,
  ]);
  const path = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean);
  return [...new Set([...places, ...path, '/opt/homebrew/opt/libpq/bin', '/usr/local/opt/libpq/bin'])];
}

function folderOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? join(path, '..') : path;
}

const EXE = process.platform === 'win32' ? '.exe' : '';

function programsIn(folder: string): PgPrograms[] {
  if (!existsSync(join(folder, `pg_dump${EXE}`)) || !existsSync(join(folder, `pg_restore${EXE}`))) return [];
  const version = versionOf(join(folder, `pg_dump${EXE}`));
  if (!version) return [];
  return [{ major: Number.parseInt(version, 10), version, place: folder, command: (program) => ({ file: join(folder, `${program}${EXE}`), args: [] }) }];
}

/** `15.18` of `pg_dump (PostgreSQL) 15.18 (Debian …)`; undefined for what does not run. */
function versionOf(program: string): string | undefined {
  try {
    return /\(PostgreSQL\) (\d+[\w.]*)/.exec(execFileSync(program, ['--version'], { encoding: 'utf-8', stdio: ['ignore', 'pipe', 'ignore'] }))?.[1];
  } catch {
    return undefined;
  }
}

/** The official image holds the newest clients of its major. On loopback it needs the host's network. */
function inContainer(major: number): PgPrograms {
  const image = `postgres:${major}`;
  return {
    major,
    version: String(major),
    place: `the container image ${image}`,
    command: (program, { files = [], env = [] } = {}) => ({
      file: 'docker',
      args: ['run', '--rm', '-i', '--network=host', ...env.flatMap((name) => ['-e', name]), ...files.flatMap((file) => ['-v', `${file}:${file}:ro`]), '--user', `${process.getuid?.() ?? 0}`, image, program],
    }),
  };
}

function dockerAnswers(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
