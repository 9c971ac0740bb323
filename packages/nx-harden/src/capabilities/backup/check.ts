import type { Finding, FindingStatus, ReadTree } from '../../capability';
import { readHardeningFile } from '../../hardening-file';
import type { NextApp } from '../../next-app';
import { checkPassword, checkPermissions, checkRetention, checkWhole } from './check-scripts';
import { usesPostgres } from './database';
import { lineIn, readScripts, type Script } from './scripts';

/** What a check saw. */
export interface Verdict {
  status: FindingStatus;
  message: string;
  file?: string;
  line?: number;
  /** The options of our generator that mend it. */
  fix?: string;
}

/** Makes a backup: of a dump, of the server's files, or by an image or an action whose name says so. */
export const DUMP = /\bpg_dump(all)?\b|\bpg_basebackup\b|\bpgbackrest\b[^\n]*\bbackup\b|\bwal-g\b[^\n]*\bbackup-push\b|\bbarman\b[^\n]*\bbackup\b|\b(postgres(ql)?|pg)-backup\b|\bbackup-(postgres(ql)?|pg)\b|\bbackup_retention_period\s*=\s*[1-9]|\bbackup_retention_enabled\s*=\s*true/;
/** Puts one back. */
const RESTORE = /\bpg_restore\b|\bpgbackrest\b[^\n]*\brestore\b|\bwal-g\b[^\n]*\bbackup-fetch\b|\|\s*psql\b|\bpsql\b[^\n|]*(<|\s-f\s|--file)/;
const S3 = '--to=s3://<bucket>/<prefix>';

/** Looks for what backs the database up, whoever wrote it, and at how it does. Reads the repository alone. */
export function checkBackup(tree: ReadTree, app: NextApp): Finding[] {
  const scripts = readScripts(tree, app);
  const target = targetOf(tree, app, scripts);
  const dumps = scripts.filter((script) => DUMP.test(script.text) || runsTarget(script, app, 'backup-db'));
  const isMade = target || dumps.length > 0;
  if (dumps.length === 0 && !usesPostgres(tree, app)) return [{ check: 'backup/scheduled', status: 'pass', message: 'No PostgreSQL is seen in the app, so there is nothing to back up', docs: 'backup#scheduled' }];
  const verdicts: Record<string, Verdict> = {
    scheduled: checkScheduled(dumps, target, app),
    ...(isMade && {
      whole: checkWhole(dumps),
      drill: checkDrill(scripts, target, app),
      password: checkPassword(scripts.filter(({ text }) => DUMP.test(text) || RESTORE.test(text))),
      retention: checkRetention([...dumps, ...scripts.filter(({ file }) => /pgbackrest[\w.-]*\.conf$/.test(file))], target || dumps.some((script) => runsTarget(script, app, 'backup-db'))),
      permissions: checkPermissions(tree, dumps),
    }),
  };
  return Object.entries(verdicts).map(([name, { fix, ...verdict }]) => ({
    check: `backup/${name}`,
    ...verdict,
    ...(fix !== undefined && verdict.status !== 'pass' && { fix: `nx g @chronos/nx-harden:backup ${[app.shortName, fix].filter(Boolean).join(' ')}` }),
    docs: `backup#${name}`,
  }));
}

function checkScheduled(dumps: Script[], target: boolean, { shortName, name }: NextApp): Verdict {
  const scheduled = dumps.find(({ isScheduled }) => isScheduled) ?? dumps.find(({ file }) => file.endsWith('.tf'));
  if (scheduled) return { status: 'pass', message: 'The database is backed up on a schedule', ...at(scheduled, DUMP) };
  if (target) return { status: 'warn', message: `Nothing runs the backup but a person: nx run ${shortName || name}:backup-db. A bucket gets a daily job`, fix: S3 };
  const [script] = dumps;
  if (script) return { status: 'warn', message: 'There is a backup, and nothing in the repository runs it on a schedule', ...at(script, DUMP), fix: S3 };
  return { status: 'fail', message: 'Nothing backs the database up: what a wrong DELETE or a lost server takes is gone', fix: '' };
}

function checkDrill(scripts: Script[], target: boolean, app: NextApp): Verdict {
  const drills = scripts.filter((script) => runsTarget(script, app, 'verify-backup') || RESTORE.test(script.text));
  const scheduled = drills.find(({ isScheduled }) => isScheduled);
  if (scheduled) return { status: 'pass', message: 'A restore is tried on a schedule', ...at(scheduled, RESTORE) };
  const how = target ? `: nx run ${app.shortName || app.name}:verify-backup does, when somebody runs it` : '';
  return { status: 'warn', message: `Nothing tries on a schedule whether the backups restore${how}`, fix: S3 };
}

/** Whether Nx has our target for the app: inferred, or written into its project by the team. */
function targetOf(tree: ReadTree, app: NextApp, scripts: Script[]): boolean {
  if (Object.values(readHardeningFile(tree, app.root).capabilities['backup']?.targets ?? {}).includes('backup-db')) return true;
  return scripts.some(({ names, text }) => names.length > 0 && text.includes('@chronos/nx-harden:backup-db'));
}

/** Whether a script runs a target of ours for this app, or for all. */
function runsTarget({ text }: Script, { name, shortName }: NextApp, target: string): boolean {
  if (!text.includes(target)) return false;
  if (new RegExp(`\\bnx\\b[^\\n]*\\brun-many\\b[^\\n]*\\b${target}\\b`).test(text)) return true;
  return [...text.matchAll(new RegExp(`([@\\w/.-]{1,214}):${target}\\b|\\bnx ${target} ([@\\w/.-]{1,214})`, 'g'))].some(([, before, after]) => [name, shortName].includes(before ?? after ?? ''));
}

function at(script: Script, pattern: RegExp): { file: string; line: number } {
  return { file: script.file, line: lineIn(script, pattern.exec(script.text)?.[0] ?? '') };
}
