import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { applyCapabilities } from '../../apply-capabilities';
import type { Finding } from '../../capability';
import { readNextApp } from '../../next-app';
import { fixtures, treeOf } from '../../testing/fixtures';
import { checkBackup } from './check';

const WORKFLOW = '.github/workflows/db.yml';
const IN_BUCKET = { to: 's3://acme-backups/web', region: 'eu-central-1' };

function fixture(name = 'create-nx-workspace'): Tree {
  const found = fixtures.find((one) => one.name.includes(name));
  if (!found) throw new Error(`no fixture is called ${name}`);
  return treeOf(found);
}

const check = (tree: Tree, project?: string): Record<string, Finding> => Object.fromEntries(checkBackup(tree, readNextApp(tree, project)).map((finding) => [finding.check.replace('backup/', ''), finding]));
const statuses = (tree: Tree, project?: string): Record<string, string> => Object.fromEntries(Object.entries(check(tree, project)).map(([name, { status }]) => [name, status]));
const job = (run: string, more = '', on = "schedule: [{ cron: '0 3 * * *' }]"): string => `on:\n  ${on}\n${more}jobs:\n  db:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n${run.split('\n').map((line) => `          ${line}`).join('\n')}\n`;
const GOOD = 'set -o pipefail\npg_dump -Fc -f db.dump\naws s3 cp db.dump "s3://b/db.dump"';

describe('what we put in', () => {
  it('passes all in a bucket', async () => {
    const tree = fixture();
    await applyCapabilities(tree, undefined, [{ id: 'backup', options: IN_BUCKET }]);
    expect(statuses(tree)).toEqual({ scheduled: 'pass', whole: 'pass', drill: 'pass', password: 'pass', retention: 'pass', permissions: 'pass' });
  });

  it('passes all on a server that knows no roles', async () => {
    const tree = fixture();
    await applyCapabilities(tree, undefined, [{ id: 'backup', options: { to: 's3://acme-backups/web?endpoint=https://acme.r2.cloudflarestorage.com' } }]);
    expect(Object.values(statuses(tree))).toEqual(Array(6).fill('pass'));
  });

  it('is a warning in a folder, since nothing but a person runs it, with the command that mends it', async () => {
    const tree = fixture();
    await applyCapabilities(tree, undefined, [{ id: 'backup', options: {} }]);
    expect(statuses(tree)).toEqual({ scheduled: 'warn', whole: 'pass', drill: 'warn', password: 'pass', retention: 'pass', permissions: 'pass' });
    expect(check(tree)['scheduled']?.fix).toBe('nx g @chronos/nx-harden:backup web --to=s3://<bucket>/<prefix>');
  });

  it("is not taken for another app's", async () => {
    const tree = fixture('beside another app');
    await applyCapabilities(tree, 'web', [{ id: 'backup', options: IN_BUCKET }]);
    expect(statuses(tree, 'web')).toMatchObject({ scheduled: 'pass', drill: 'pass' });
    expect(statuses(tree, 'admin')).toEqual({ scheduled: 'fail' });
  });

  it('is missed when its workflow is gone, or runs by the clock no more', async () => {
    const tree = fixture();
    await applyCapabilities(tree, undefined, [{ id: 'backup', options: IN_BUCKET }]);
    const workflow = '.github/workflows/backup.yml';
    tree.write(workflow, (tree.read(workflow, 'utf-8') ?? '').replace(/^ {2}schedule:[\s\S]*?^ {2}workflow_dispatch/m, '  workflow_dispatch'));
    expect(statuses(tree)).toMatchObject({ scheduled: 'warn', drill: 'pass' });
    tree.delete('.github/workflows/restore-drill.yml');
    expect(statuses(tree)).toMatchObject({ drill: 'warn' });
  });
});

describe("a team's own backup", () => {
  const plant = (files: Record<string, string>): Tree => {
    const tree = fixture();
    for (const [path, text] of Object.entries(files)) tree.write(path, text);
    return tree;
  };
  const PASSING: [string, Record<string, string>][] = [
    ['pg_dump in a workflow', { [WORKFLOW]: job(GOOD) }],
    ['a script that a workflow calls', { [WORKFLOW]: job('./scripts/backup.sh'), 'scripts/backup.sh': `#!/bin/bash\n${GOOD}\n` }],
    ['a script of package.json', { [WORKFLOW]: job('pnpm run db:backup'), 'package.json': '{ "name": "a", "scripts": { "db:backup": "pg_dump -Fc -f db.dump" } }' }],
    ['a target of Nx', { [WORKFLOW]: job('npx nx run web:dump'), 'apps/web/project.json': '{ "name": "web", "targets": { "dump": { "command": "pg_dump -Fc -f db.dump" } } }' }],
    ['pgBackRest in a crontab', { 'ops/crontab': '17 2 * * 0 postgres pgbackrest --stanza=main --type=full backup\n' }],
    ['WAL-G in a CronJob', { 'k8s/backup.yaml': 'kind: CronJob\nspec:\n  schedule: "0 3 * * *"\n  args: ["wal-g", "backup-push", "/data"]\n' }],
    ['an image in a compose file', { 'docker-compose.yml': 'services:\n  backup:\n    image: prodrigestivill/postgres-backup-local\n    environment:\n      SCHEDULE: "@daily"\n' }],
    ['RDS by Terraform', { 'infra/db.tf': 'resource "aws_db_instance" "main" {\n  backup_retention_period = 14\n}\n' }],
    ['a workflow that another one calls', { [WORKFLOW]: "on:\n  schedule: [{ cron: '0 3 * * *' }]\njobs:\n  a:\n    uses: ./.github/workflows/dump.yml\n", '.github/workflows/dump.yml': job(GOOD, '', 'workflow_call:') }],
    ['our target', { [WORKFLOW]: job('pnpm nx run @acme/web:backup-db') }],
    ['our target of all apps', { [WORKFLOW]: job('pnpm nx run-many -t backup-db') }],
  ];

  it.each(PASSING)('passes: %s', (_, files) => {
    expect(statuses(plant(files))).toMatchObject({ scheduled: 'pass', whole: 'pass' });
  });

  it.each([
    ['by hand', { [WORKFLOW]: job(GOOD, '', 'workflow_dispatch:') }],
    ['in a script that nobody calls', { 'scripts/backup.sh': `${GOOD}\n`, [WORKFLOW]: job('echo hello') }],
  ])('is a warning %s', (_, files) => {
    expect(statuses(plant(files))).toMatchObject({ scheduled: 'warn' });
  });

  it('is none where it is commented out', () => {
    expect(statuses(plant({ 'scripts/backup.sh': '# pg_dump -Fc\n', [WORKFLOW]: job('./scripts/backup.sh') }))).toEqual({ scheduled: 'fail' });
  });
});

describe('a dump in a pipe', () => {
  const PIPE = 'pg_dump "$DATABASE_URL" | gzip > db.sql.gz';
  const whole = (run: string, more?: string): Finding | undefined => {
    const tree = fixture();
    tree.write(WORKFLOW, job(run, more));
    return check(tree)['whole'];
  };

  it.each([
    ['in one line', PIPE],
    ['over two lines', 'pg_dump "$DATABASE_URL" \\\n  | gzip > db.sql.gz'],
    ['with the pipe at the end', 'pg_dump "$DATABASE_URL" |\n  gzip > db.sql.gz'],
    ['with errors sent elsewhere', 'pg_dump "$DATABASE_URL" 2>&1 | gzip > db.sql.gz'],
    ['by the shell of Actions, which has -e alone', `set -e\n${PIPE}`],
  ])('fails %s', (_, run) => {
    expect(whole(run)).toMatchObject({ status: 'fail', message: expect.stringContaining('20 empty bytes') });
  });

  it.each([
    ['set -o pipefail', `set -euo pipefail\n${PIPE}`, ''],
    ['shell: bash, which has it in Actions', PIPE, 'defaults:\n  run:\n    shell: bash\n'],
    ['asking each program', `${PIPE}\ntest "\${PIPESTATUS[0]}" -eq 0`, ''],
    ['no pipe, but an or', 'pg_dump -Fc -f db.dump || exit 1', ''],
    ['no pipe behind it', 'pg_dump -Fc -f db.dump\nls | head', ''],
    ['a pipe after it', 'pg_dump -Fc -f db.dump; ls | head', ''],
  ])('passes with %s', (_, run, more) => {
    expect(whole(run, more)).toMatchObject({ status: 'pass' });
  });

  it('is a warning where the bucket gets it as it comes', () => {
    expect(whole('set -o pipefail\npg_dump "$URL" | gzip | aws s3 cp - s3://b/k')).toMatchObject({ status: 'warn' });
  });

  it('is named with its file and line, in a script, in package.json and in a workflow', () => {
    const tree = fixture();
    tree.write('scripts/backup.sh', `#!/bin/bash\nset -e\n\n${PIPE}\n`);
    expect(check(tree)['whole']).toMatchObject({ status: 'fail', file: 'scripts/backup.sh', line: 4 });
    tree.write('package.json', JSON.stringify({ name: 'a', scripts: { a: 'b', dump: PIPE } }, null, 2));
    expect(check(tree)['whole']).toMatchObject({ file: 'package.json', line: 5 });
    tree.write(WORKFLOW, job(`echo hello\n${PIPE}`));
    expect(check(tree)['whole']).toMatchObject({ file: WORKFLOW, line: 9 });
  });
});

describe('what else is wrong', () => {
  const finding = (name: string, run: string, more = ''): Finding | undefined => {
    const tree = fixture();
    tree.write(WORKFLOW, job(run, more));
    return check(tree)[name];
  };

  it.each([
    ['a literal', 'PGPASSWORD=hunter2 pg_dump -Fc -f db.dump', 'fail'],
    ['a literal in an URL', 'pg_dump postgres://app:hunter2@db.acme.com/web -f db.dump', 'fail'],
    ['a secret on the command line', 'pg_dump "${{ secrets.DATABASE_URL }}" -f db.dump', 'warn'],
    ['a variable', 'PGPASSWORD="$DB_PASSWORD" pg_dump -Fc -f db.dump', 'pass'],
    ['a variable in an URL', 'pg_dump "postgres://app:$PW@db.acme.com/web" -f db.dump', 'pass'],
    ['the database of this machine', 'pg_dump postgres://postgres:postgres@localhost/web -f db.dump', 'pass'],
  ])('password: %s', (_, run, status) => {
    expect(finding('password', run)?.status).toBe(status);
  });

  it('says no password in what it says', () => {
    expect(JSON.stringify(finding('password', 'PGPASSWORD=hunter2 pg_dump -Fc -f db.dump'))).not.toContain('hunter2');
  });

  it.each([
    ['nothing deletes', GOOD, 'warn'],
    ['by age', `${GOOD}\nfind backups -mtime +30 -delete`, 'pass'],
    ['by a listing', `${GOOD}\naws s3 ls s3://b/ | sort | head -n -30 | awk '{print $4}' | while read -r f; do aws s3 rm "s3://b/$f"; done`, 'warn'],
  ])('retention: %s', (_, run, status) => {
    expect(finding('retention', run)?.status).toBe(status);
  });

  it('retention: pgBackRest has it in its configuration', () => {
    const tree = fixture();
    tree.write('ops/crontab', '17 2 * * 0 postgres pgbackrest --stanza=main --type=full backup\n');
    expect(check(tree)['retention']?.status).toBe('warn');
    tree.write('ops/pgbackrest.conf', '[global]\nrepo1-retention-full=4\n');
    expect(check(tree)['retention']).toMatchObject({ status: 'pass', file: 'ops/pgbackrest.conf', line: 2 });
  });

  it('takes no time over a long line that a program wrote', () => {
    const tree = fixture();
    tree.write('tools/long.js', `const a = '${'a'.repeat(190_000)}';\n// pg_dump ${'|a'.repeat(1000)}\n`);
    const begun = performance.now();
    expect(statuses(tree)).toEqual({ scheduled: 'fail' });
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('permissions: a key that never ends is a warning, with its line, and none on a server that knows no roles', () => {
    const env = 'env:\n  AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n';
    expect(finding('permissions', GOOD, env)).toMatchObject({ status: 'warn', file: WORKFLOW, line: 4 });
    expect(finding('permissions', GOOD, `${env}  AWS_ENDPOINT_URL: https://acme.r2.cloudflarestorage.com\n`)?.status).toBe('pass');
    expect(finding('permissions', GOOD)?.status).toBe('pass');
  });

  it.each([
    ['pg_restore', 'pg_restore -d scratch db.dump', 'pass'],
    ['psql', 'gunzip -c db.sql.gz | psql scratch', 'pass'],
    ['a query is no restore', 'psql -c "select 1"', 'warn'],
  ])('drill: %s', (_, restore, status) => {
    expect(finding('drill', `${GOOD}\n${restore}`)?.status).toBe(status);
  });
});
