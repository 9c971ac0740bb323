import type { ReadTree } from '../../capability';
import { inDir } from '../../next-app';
import { setupOf, uses } from '../ci/setup';
import type { BucketApp } from './backed-up-apps';
import { renderFile, renderPart } from './parts';

/** Longer than a dump of what is still right to dump takes; a role's session lasts as long. */
const TIMEOUT_MINUTES = 120;

/** `backup.yml`: a job for each app whose backups go to a bucket, and one that tells people when any fails. */
export function renderBackupWorkflow(tree: ReadTree, apps: readonly BucketApp[]): string {
  const crons = cronsOf(apps, scheduleOf);
  const jobs = apps.map((one) => {
    const { app, options, suffix, environment } = one;
    return renderFile('backup-job.yml', {
      ...jobValues(tree, one, crons, scheduleOf(one)),
      job: `backup${suffix}`,
      environment,
      command: `nx run ${app.name}:backup-db --prune=${options.deletes === 'lifecycle' ? 'off' : 'apply'}`,
      env: { ...connectionOf(one), BACKUP_HEARTBEAT_URL: secret('BACKUP_HEARTBEAT_URL'), ...keysOf(one) },
      credentialSteps: credentialSteps(one, 'BACKUP_ROLE_ARN'),
    });
  });
  return renderFile('backup.yml', { crons, jobs: jobs.join('\n').trimEnd(), report: reportJob(apps, 'backup', 'Backup failed') });
}

/** `restore-drill.yml`: for each of them a job that restores the newest backup into a server of its own. */
export function renderDrillWorkflow(tree: ReadTree, apps: readonly BucketApp[]): string {
  const crons = cronsOf(apps, drillScheduleOf);
  const jobs = apps.map((one) => {
    const { app, options, suffix, environment } = one;
    const result = inDir(app.root, 'test-output/restore-drill.json');
    return renderFile('drill-job.yml', {
      ...jobValues(tree, one, crons, drillScheduleOf(one)),
      uses,
      job: `drill${suffix}`,
      environment,
      image: options.drillImage || `postgres:${options.postgresMajor}`,
      // Two in a row that are missing; one may be late.
      command: `nx run ${app.name}:verify-backup --serverUrl=env:DRILL_SERVER_URL${/^\d+ \d+ \* \* \*$/.test(scheduleOf(one)) ? ' --maxAgeHours=36' : ''}`,
      env: { DRILL_HEARTBEAT_URL: secret('DRILL_HEARTBEAT_URL'), ...(options.encryptTo?.length && { BACKUP_AGE_IDENTITY: secret('BACKUP_AGE_IDENTITY') }), ...keysOf(one, 'READ_') },
      credentialSteps: credentialSteps(one, 'BACKUP_READ_ROLE_ARN'),
      result,
      artifact: `restore-drill${suffix}`,
    });
  });
  return renderFile('restore-drill.yml', { crons, jobs: jobs.join('\n').trimEnd(), report: reportJob(apps, 'drill', 'Restore drill failed') });
}

/** Region of the bucket, as text or as the variable that holds it. */
export function regionOf({ bucket, options }: BucketApp): string | undefined {
  return options.region || bucket.region;
}

function jobValues(tree: ReadTree, one: BucketApp, crons: readonly string[], cron: string): Record<string, unknown> {
  const { app, options, bucket } = one;
  const setup = setupOf(tree, app);
  // A fork has the schedule too, and none of the secrets.
  const conditions = ['!github.event.repository.fork', ...(crons.length > 1 ? [`(github.event_name != 'schedule' || github.event.schedule == '${cron}')`] : [])];
  return {
    app: app.shortName || app.name,
    exec: setup.exec,
    timeout: TIMEOUT_MINUTES,
    condition: conditions.join(' && '),
    isAws: bucket.endpoint === undefined,
    setupSteps: renderPart('setup-steps.yml', { ...setup, uses }),
    clientSteps: renderPart('client-steps.yml', { major: options.postgresMajor }),
  };
}

function scheduleOf({ options }: BucketApp): string {
  return options.schedule ?? '';
}

function drillScheduleOf({ options }: BucketApp): string {
  return options.drillSchedule ?? '';
}

function cronsOf(apps: readonly BucketApp[], of: (one: BucketApp) => string): string[] {
  return [...new Set(apps.map(of))];
}

function secret(name: string): string {
  return `\${{ secrets.${name} }}`;
}

function connectionOf({ options: { connection, secretId } }: BucketApp): Record<string, string> {
  const name = connection || 'DATABASE_URL';
  return secretId ? {} : { [name]: secret(name) };
}

/** A server other than AWS knows no roles: it has a key for each of the two jobs. */
function keysOf({ bucket: { endpoint } }: BucketApp, kind = ''): Record<string, string> {
  if (endpoint === undefined) return {};
  return { AWS_ACCESS_KEY_ID: secret(`BACKUP_${kind}ACCESS_KEY_ID`), AWS_SECRET_ACCESS_KEY: secret(`BACKUP_${kind}SECRET_ACCESS_KEY`) };
}

function credentialSteps(one: BucketApp, role: string): string {
  if (one.bucket.endpoint !== undefined) return '';
  return renderPart('credential-steps.yml', { uses, role, region: regionOf(one) ?? '${{ vars.AWS_REGION }}', seconds: TIMEOUT_MINUTES * 60 });
}

function reportJob(apps: readonly BucketApp[], job: string, title: string): string {
  return renderPart('report-job.yml', { jobs: apps.map(({ suffix }) => `${job}${suffix}`), title });
}
