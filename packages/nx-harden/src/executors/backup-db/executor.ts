import type { ExecutorContext } from '@nx/devkit';
import { backupCommand } from '../../backup/backup-command';
import { PLUGIN_VERSION } from '../../plugin-version';
import type { BackupDbOptions } from './schema';

/** Backs the database of the app up. Its own exit codes are told by `process.exitCode`. */
export default async function backupDb(options: BackupDbOptions, { root }: ExecutorContext): Promise<{ success: boolean }> {
  const { keepDays, keepDaily, keepWeekly, keepMonthly, keepYearly, keepMinimum = 3, ...rest } = options;
  const code = await backupCommand(
    {
      ...rest,
      to: options.to ?? 'file:.backups',
      databases: options.databases ?? [],
      jobs: options.jobs ?? 2,
      format: options.format ?? 'custom',
      compression: options.compression ?? 'auto',
      encryptTo: options.encryptTo ?? [],
      verify: options.verify ?? 'stream',
      roles: options.roles ?? 'without-passwords',
      policy: { keepDays, daily: keepDaily, weekly: keepWeekly, monthly: keepMonthly, yearly: keepYearly, minimum: keepMinimum },
      prune: options.prune ?? 'plan',
      heartbeat: options.heartbeat ?? 'BACKUP_HEARTBEAT_URL',
      verbose: options.verbose ?? false,
      workspaceRoot: root,
      tool: PLUGIN_VERSION,
    },
    process.stdout,
  );
  process.exitCode = code;
  return { success: code === 0 };
}
