import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { verifyCommand } from '../../backup/verify-command';
import type { VerifyBackupOptions } from './schema';

/** Tries the newest backup of the app's database. */
export default async function verifyBackup(options: VerifyBackupOptions, { root, projectName = '', projectsConfigurations }: ExecutorContext): Promise<{ success: boolean }> {
  const app = projectsConfigurations.projects[projectName]?.root ?? '.';
  const code = await verifyCommand(
    {
      ...options,
      from: options.from ?? 'file:.backups',
      backup: options.backup ?? 'latest',
      jobs: options.jobs ?? 2,
      outputFile: options.outputFile ?? join(app, 'test-output/restore-drill.json'),
      heartbeat: options.heartbeat ?? 'DRILL_HEARTBEAT_URL',
      verbose: options.verbose ?? false,
      workspaceRoot: root,
    },
    process.stdout,
  );
  process.exitCode = code;
  return { success: code === 0 };
}
