import type { HardeningRun } from '../../hardening-run';
import { inDir } from '../../next-app';
import { nxGenerator } from '../../nx-generator';
import { appsWithBucket, type BackupApp } from './backed-up-apps';
import { assertOptions } from './options';
import { lifecycleRules, readerPolicy, trustPolicy, writerPolicy } from './policies';
import { renderBackupWorkflow, renderDrillWorkflow } from './workflow';
import { renderFolderGuide, renderBucketGuide, renderPgbackrest } from './guides';
import type { BackupOptions } from './schema';

const WORKFLOW = '.github/workflows/backup.yml';
const DRILL = '.github/workflows/restore-drill.yml';

/** The targets; for a bucket, the workflows of all apps that have one, and what to set up in AWS. */
export async function generate(run: HardeningRun<BackupOptions>): Promise<void> {
  const { tree, app, options } = run;
  assertOptions(options);
  for (const target of ['backup-db', 'restore-db', 'verify-backup']) run.target(target, target);

  const apps: BackupApp[] = [{ app, options }, ...run.siblings.map((sibling) => ({ app: sibling.app, options: sibling.options }))].sort((a, b) => (a.app.root < b.app.root ? -1 : 1));
  const withBucket = appsWithBucket(apps);
  if (withBucket.length > 0) {
    run.ownFile(WORKFLOW, renderBackupWorkflow(tree, withBucket));
    run.ownFile(DRILL, renderDrillWorkflow(tree, withBucket));
  }

  const own = (file: string, content: string): void => run.ownFile(inDir(app.root, `hardening/backup/${file}`), content);
  const ours = withBucket.find((one) => one.app.root === app.root);
  if (!ours) return own('README.md', renderFolderGuide({ app, options }));
  own('README.md', renderBucketGuide(ours));
  if (options.pgbackrest) own('pgbackrest.conf', renderPgbackrest(ours));
  // A server other than AWS has its own ways.
  if (ours.bucket.endpoint !== undefined) return;
  own('writer-policy.json', writerPolicy(ours));
  own('reader-policy.json', readerPolicy(ours));
  own('trust-policy.json', trustPolicy(ours));
  own('lifecycle.json', lifecycleRules(ours));
}

export default nxGenerator('backup');
