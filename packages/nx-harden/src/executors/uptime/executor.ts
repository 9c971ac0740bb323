import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { openDisk } from '../../audit/disk-tree';
import { readHardeningFile } from '../../hardening-file';
import { shortNameOf } from '../../project';
import { API_URL_VARIABLE } from '../../uptime/api-address';
import { TOKEN_VARIABLE } from '../../uptime/api-error';
import { uptimeCommand } from '../../uptime/uptime-command';
import type { UptimeExecutorOptions } from './schema';

/** Compares the app's `uptime.json` with Better Stack, and with `apply` brings it there. */
export default async function uptime({ apply = false, envFile, apiUrl }: UptimeExecutorOptions, { root, projectName = '', projectsConfigurations }: ExecutorContext): Promise<{ success: boolean }> {
  const appRoot = projectsConfigurations.projects[projectName]?.root ?? '.';
  const app = shortNameOf(projectName);
  const success = await uptimeCommand(
    {
      workspaceRoot: root,
      appRoot,
      app,
      apply,
      envFile: envFile ?? join(appRoot, '.env.local'),
      apiUrl: apiUrl ?? process.env[API_URL_VARIABLE],
      token: process.env[TOKEN_VARIABLE],
      environment: backupEnvironment(root, appRoot, app),
    },
    process.stdout,
  );
  return { success };
}

/** The environment on GitHub that the backup's workflow runs in; a backup into a folder has none. */
function backupEnvironment(root: string, appRoot: string, app: string): string | undefined {
  const { to } = readHardeningFile(openDisk(root), appRoot).capabilities['backup']?.options ?? {};
  return typeof to === 'string' && to.startsWith('s3://') ? `backup-${app.replace(/[^\w-]+/g, '-')}` : undefined;
}
