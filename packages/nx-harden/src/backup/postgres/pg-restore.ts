import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { conninfo, type Connection } from './connection';
import type { BackupObject } from '../manifest';
import { PgProgramFailure, startPg, type LibpqEnvironment, type PgRun } from './pg-process';
import type { PgPrograms } from './pg-programs';
import { feedObject, type BackupSource } from '../read-object';

/** Where and how `pg_restore` puts things. */
export interface PgRestoreSettings {
  /** The database that they go into. */
  connection: Connection;
  programs: PgPrograms;
  /** Of the server that it goes to. */
  serverMajor: number;
  isSuperuser: boolean;
  /** Extensions that the role may not make. */
  withoutExtensions: readonly string[];
  /** Leaves out who owns what and who may do what, for a server without these roles. */
  withoutOwners: boolean;
  /** Leaves out subscriptions and publications, which tie a database to others. */
  withoutReplication: boolean;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

/** Clients of 17 and later set this always, and servers before 17 do not know it. */
const NEWER_SETTING = /unrecognized configuration parameter "transaction_timeout"/;

/** Whether the clients set something that the server does not know: then the first error cannot be the end. */
export function isAhead({ programs, serverMajor }: Pick<PgRestoreSettings, 'programs' | 'serverMajor'>): boolean {
  return programs.major >= 17 && serverMajor < 17;
}

/** Starts `pg_restore` into the database; without a file it reads its input. */
export function startRestore(settings: PgRestoreSettings, libpq: LibpqEnvironment, args: readonly string[], { files = [], signal = settings.signal }: { files?: readonly string[]; signal?: AbortSignal } = {}): PgRun {
  const { connection, programs, withoutOwners, withoutReplication, onLine } = settings;
  const ahead = isAhead(settings);
  const all = [
    '--format=custom',
    ...(ahead ? [] : ['--exit-on-error']),
    '--verbose',
    '--no-password',
    `--dbname=${conninfo(connection.database)}`,
    ...(withoutOwners ? ['--no-owner', '--no-privileges'] : []),
    ...(withoutReplication ? ['--no-subscriptions', '--no-publications'] : []),
    ...args.filter((arg) => !ahead || arg !== '--single-transaction'),
    ...files,
  ];
  return startPg(programs, 'pg_restore', all, { ...libpq, files: [...libpq.files, ...files] }, { signal, onLine, ...(ahead && { tolerated: NEWER_SETTING }) });
}

/** The lines of an archive's table of contents. */
export async function listArchive({ programs, signal }: Pick<PgRestoreSettings, 'programs' | 'signal'>, source: BackupSource, object: BackupObject): Promise<string[]> {
  const run = startPg(programs, 'pg_restore', ['--list'], undefined, { signal });
  const said = text(run.process.stdout);
  const { store, folder, manifest, identities } = source;
  await feedObject({ store, folder, manifest, identities, signal }, object, run);
  return (await said).split('\n');
}

/**
 * Writes what of an archive a role may restore: an extension's own comment is its owner's to set, and on a managed server
 * that is nobody who restores. Returns the argument for it; none when all may be.
 */
export async function listArgument(settings: PgRestoreSettings, source: BackupSource, object: BackupObject, folder: string): Promise<string[]> {
  if (settings.isSuperuser) return [];
  const lines = await listArchive(settings, source, object);
  const isLeftOut = (line: string): boolean => line.includes(' COMMENT - EXTENSION ') || settings.withoutExtensions.some((name) => line.includes(` EXTENSION - ${name} `));
  const kept = lines.filter((line) => !isLeftOut(line));
  if (kept.length === lines.length) return [];
  const file = join(folder, 'restored.list');
  await writeFile(file, kept.join('\n'));
  return [`--use-list=${file}`];
}

/** What a team can do about rights, roles and extensions that the server lacks. */
export function explainRestore(error: unknown): unknown {
  const { said = '', message } = error instanceof PgProgramFailure ? error : { message: '' };
  if (/must be (a )?(member of role|owner of|able to SET ROLE)|permission denied to set role/i.test(said)) {
    return new Error(`${message}. The role that restores may not give things to their owners: restore as a superuser or as the owner of all, or leave owners and rights out by --owners=false.`);
  }
  if (/role "[^"]+" does not exist/i.test(said)) return new Error(`${message}. Make the roles of the backup by --roles (as a superuser), or leave owners and rights out by --owners=false.`);
  if (/invalid command \\restrict/.test(said)) return new Error(`This psql knows no \\restrict, without which a plain dump could run programs here: update postgresql-client to 15.14, 16.10, 17.6 or later.`);
  const [, extension] = /extension "([^"]+)" is not available/i.exec(said) ?? [];
  if (extension) return new Error(`${message}. Install the extension ${extension} on that server, or use one that has it.`);
  return error;
}
