import { appendFileSync } from 'node:fs';
import type { BackupOutcome } from './backup-command';
import { duration, megabytes } from './progress';
import type { DrillResult } from './verify-backup';

/** Adds to the page of a run of GitHub Actions; elsewhere does nothing. */
export function appendJobSummary(markdown: string): void {
  const path = process.env['GITHUB_STEP_SUMMARY'];
  if (path) appendFileSync(path, `${markdown}\n`);
}

export function backupSummary(outcomes: readonly BackupOutcome[], to: string): string {
  const rows = outcomes.map(({ database, finished, failure }) => {
    if (!finished) return `| ${cell(database)} | ❌ ${cell(failure ?? '')} | | | |`;
    const { manifest } = finished;
    const sum = (key: 'size' | 'plainSize'): string => megabytes(manifest.objects.reduce((total, object) => total + object[key], 0));
    return `| ${cell(database)} | ${failure ? `⚠️ ${cell(failure)}` : '✅'} \`${manifest.id}\` | ${sum('plainSize')} | ${sum('size')} | ${duration(manifest.durationMs)} |`;
  });
  return [`### Backup to \`${to.replace(/\?.*/, '')}\``, '', '| database | backup | dumped | stored | time |', '| --- | --- | --- | --- | --- |', ...rows, ''].join('\n');
}

export function drillSummary(result: DrillResult): string {
  const differing = result.tables.filter(({ ok }) => !ok);
  return [
    `### Restore drill: ${result.passed ? '✅ it restores' : '❌ it does not restore as it was'}`,
    '',
    '| backup | RTO | RPO | tables | check |',
    '| --- | --- | --- | --- | --- |',
    `| \`${result.backup}\` of ${cell(result.database)} | ${duration(result.rtoMs)} | ${duration(result.rpoMs)} | ${result.tables.length - differing.length} of ${result.tables.length} as dumped | ${result.checkQuery ? (result.checkQuery.passed ? '✅' : `❌ ${cell(result.checkQuery.value)}`) : 'none'} |`,
    ...differing.map(({ schema, name, why }) => `\n- ${cell(`${schema}.${name}`)}: ${cell(why ?? '')}`),
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');
}
