import type { ExecutorContext } from '@nx/devkit';
import { restoreCommand } from '../../backup/restore-command';
import type { RestoreDbOptions } from './schema';

/** Lists the backups of the app's database, or restores one. */
export default async function restoreDb(options: RestoreDbOptions, { root }: ExecutorContext): Promise<{ success: boolean }> {
  const code = await restoreCommand(
    {
      ...options,
      from: options.from ?? 'file:.backups',
      list: options.list ?? false,
      backup: options.backup ?? 'latest',
      targetUrl: options.targetUrl ?? 'env:TARGET_DATABASE_URL',
      jobs: options.jobs ?? 2,
      clean: options.clean ?? false,
      tables: options.tables ?? [],
      schemaOnly: options.schemaOnly ?? false,
      roles: options.roles ?? false,
      owners: options.owners ?? true,
      json: options.json ?? false,
      verbose: options.verbose ?? false,
      workspaceRoot: root,
    },
    process.stdout,
  );
  process.exitCode = code;
  return { success: code === 0 };
}
