import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { auditApp, auditLive } from '../../audit/audit';
import { openDisk } from '../../audit/disk-tree';
import { isFailure } from '../../audit/report';
import { printTable } from '../../audit/table';
import type { AuditOptions } from './schema';

/** Audits the app that the target belongs to; the exit code follows `failOn`. */
export default async function audit(options: AuditOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  const name = context.projectName ?? '';
  const project = context.projectsConfigurations.projects[name];
  if (!project) throw new Error(`The audit target belongs to a project; ${name || 'none'} is not one. Run it as: nx run <app>:audit`);
  const report = options.live
    ? await auditLive(openDisk(context.root), { name, root: project.root }, options.only)
    : auditApp(openDisk(context.root), { name, root: project.root }, options.only);
  const json = JSON.stringify(report, null, 2);
  if (options.outputFile) {
    const path = join(context.root, options.outputFile);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${json}\n`);
  }
  const color = process.env['FORCE_COLOR'] !== '0' && !process.env['NO_COLOR'] && (process.stdout.isTTY || Boolean(process.env['FORCE_COLOR']));
  process.stdout.write(`${options.format === 'json' ? json : printTable(report, { color })}\n`);
  return { success: !isFailure(report, options.failOn ?? 'fail') };
}
