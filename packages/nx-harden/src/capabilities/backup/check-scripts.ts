import type { ReadTree } from '../../capability';
import type { Verdict } from './check';
import { lineIn, type Script } from './scripts';

/** A dump, up to a pipe behind it; the line may go on after a backslash. */
const PIPED = /\bpg_dump(all)?\b(?:[^\n|;&]|\\\n|&(?!&)|\n[ \t]*(?=\|))*\|(?!\|)/;
const INTO_BUCKET = /\bpg_dump(all)?\b(?:[^\n;&]|\\\n)*\|(?:[^\n;&]|\\\n)*\baws\s+s3\s+cp\s+-\s/;
const LITERAL_PASSWORD = /\bPGPASSWORD=(?!["']?[$%<{])["']?[^\s"']+/;
/** To this machine's own database anybody may know the way. */
const LITERAL_URL = /\bpostgres(?:ql)?:\/\/[^\s:@/"'$<{]+:(?![$<{])[^\s@"']+@(?!localhost|127\.|\[?::1|postgres[:/]|db[:/])[^\s"']+/;
const SECRET_IN_COMMAND = /^[^\n]*\b(?:pg_dump|pg_restore|psql|pg_dumpall)\b[^\n]*(\$\{\{\s*secrets\.\w+\s*\}\})/m;
const BY_LISTING = /\baws\s+s3\s+ls\b[\s\S]*\bawk\b[\s\S]*\baws\s+s3\s+rm\b/;
const DELETES = /\bfind\b[^\n]*-m(time|min)[^\n]*(-delete|\brm\b)|\baws\s+s3(api)?\s+(rm|delete-objects?)\b|\b(rclone|restic|wal-g|barman)\b[^\n]*\b(delete|forget|cron|prune)\b|retention|\bKEEP_DAYS\b|BACKUP_KEEP_/i;
/** Our targets have the address of such a server in `hardening.json`, and ask for a key there alone. */
const OUR_KEY_ELSEWHERE = /secrets\.BACKUP_(READ_)?SECRET_ACCESS_KEY/;
const STATIC_KEY = /\bAWS_SECRET_ACCESS_KEY\b\s*[:=]|\baws-secret-access-key:/;

/** Whether a dump that fails is taken for one that is done: in a pipe, the last program says how it went. */
export function checkWhole(dumps: Script[]): Verdict {
  const piped = dumps.flatMap((script) => matchesOf(script, PIPED));
  const blind = piped.find(({ script }) => !script.hasPipefail);
  if (blind) return { status: 'fail', message: 'When pg_dump fails here, gzip does not: 20 empty bytes are kept as a backup, and nobody is told. set -o pipefail', ...placeOf(blind) };
  const early = dumps.flatMap((script) => matchesOf(script, INTO_BUCKET))[0];
  if (early) return { status: 'warn', message: 'When pg_dump fails here, the half that it wrote is in the bucket, under the name of a whole one', ...placeOf(early) };
  return { status: 'pass', message: 'A dump that fails is not taken for a backup' };
}

/** Whether a password stands in the repository, or where a list of processes shows it. */
export function checkPassword(scripts: Script[]): Verdict {
  const literal = scripts.flatMap((script) => [LITERAL_PASSWORD, LITERAL_URL].flatMap((pattern) => matchesOf(script, pattern)))[0];
  if (literal) return { status: 'fail', message: 'The password of the database stands in the repository: change it, and hand it over by a secret', ...placeOf(literal) };
  const shown = scripts.flatMap((script) => matchesOf(script, SECRET_IN_COMMAND))[0];
  if (shown) return { status: 'warn', message: 'A secret stands on the command line, where each process of the machine sees it: hand it over by env', ...placeOf(shown) };
  return { status: 'pass', message: 'No password stands in a command' };
}

/** Whether, and how, old backups go, by what makes them and what configures that. `isOurs` when our own retention does it. */
export function checkRetention(scripts: Script[], isOurs: boolean): Verdict {
  const listing = scripts.flatMap((script) => matchesOf(script, BY_LISTING))[0];
  if (listing) return { status: 'warn', message: 'What is deleted is taken from a listing for people: after days of failures the good backups go, and a name with a space is another name', ...placeOf(listing) };
  const deleting = scripts.flatMap((script) => matchesOf(script, DELETES))[0];
  if (deleting) return { status: 'pass', message: 'Old backups are deleted', ...placeOf(deleting) };
  if (isOurs) return { status: 'pass', message: 'Old backups go only after a new one is good, and never the last ones' };
  return { status: 'warn', message: 'Nothing in the repository says how long backups are kept; a rule of the bucket may' };
}

/** Whether the job that backs up has a key that never ends, where a role would do. */
export function checkPermissions(tree: ReadTree, dumps: Script[]): Verdict {
  const workflows = [...new Set(dumps.map(({ file }) => file))].filter((file) => file.startsWith('.github/workflows/'));
  for (const file of workflows) {
    const text = tree.read(file, 'utf-8') ?? '';
    const found = STATIC_KEY.exec(text);
    // Servers other than AWS have no roles.
    if (!found || /endpoint/i.test(text) || OUR_KEY_ELSEWHERE.test(text)) continue;
    return { status: 'warn', message: 'The job has a key of AWS that never ends: a role by OIDC is good for this job alone, and for hours', file, line: text.slice(0, found.index).split('\n').length };
  }
  return { status: 'pass', message: 'No key of AWS is kept for backups' };
}

interface Match {
  script: Script;
  part: string;
}

function matchesOf(script: Script, pattern: RegExp): Match[] {
  const part = pattern.exec(script.text)?.[0];
  return part === undefined ? [] : [{ script, part }];
}

function placeOf({ script, part }: Match): { file: string; line: number } {
  return { file: script.file, line: lineIn(script, part) };
}
