import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tree } from '@nx/devkit';
import { parse } from 'yaml';
import { applyCapabilities } from '../../apply-capabilities';
import { readHardeningFile } from '../../hardening-file';
import { inferredTargets } from '../../inferred-targets';
import { readNextApp } from '../../next-app';
import { readJsonFile } from '../../package-manager';
import { removeCapabilities } from '../../remove-capabilities';
import { contentsOf, fixtures, treeOf } from '../../testing/fixtures';
import { lintWorkflow } from '../../testing/lint-workflow';
import { ACTIONS, BACKUP_PACKAGES, POSTGRES } from '../../versions';
import { checkCi } from '../ci/check';
import schema from './schema.json';

const WORKFLOW = '.github/workflows/backup.yml';
const DRILL = '.github/workflows/restore-drill.yml';
const IN_BUCKET = { to: 's3://acme-backups/web', region: 'eu-central-1' };
const KEY = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

function fixture(name = 'create-nx-workspace'): Tree {
  const found = fixtures.find((one) => one.name.includes(name));
  if (!found) throw new Error(`no fixture is called ${name}`);
  return treeOf(found);
}

const apply = (tree: Tree, options: Record<string, unknown> = {}, project?: string) => applyCapabilities(tree, project, [{ id: 'backup', options }]);
const read = (tree: Tree, path: string): string => tree.read(path, 'utf-8') ?? '';
const own = (tree: Tree, file: string, root = 'apps/web'): string => read(tree, `${root}/hardening/backup/${file}`);

interface Step {
  name?: string;
  run?: string;
  uses?: string;
  env?: Record<string, string>;
  with?: Record<string, unknown>;
}
interface Job {
  if: string;
  environment?: string;
  permissions: Record<string, string>;
  concurrency?: Record<string, unknown>;
  services?: Record<string, { image: string }>;
  'timeout-minutes': number;
  needs?: string[];
  steps: Step[];
}
const jobsOf = (text: string): Record<string, Job> => (parse(text) as { jobs: Record<string, Job> }).jobs;
const cronsOf = (text: string): string[] => (parse(text) as { on: { schedule: { cron: string }[] } }).on.schedule.map(({ cron }) => cron);

async function made(options: Record<string, unknown> = IN_BUCKET, name?: string, prepare: (tree: Tree) => void = () => undefined): Promise<Tree> {
  const tree = fixture(name);
  prepare(tree);
  await apply(tree, options);
  return tree;
}

async function twoApps(): Promise<Tree> {
  const tree = fixture('beside another app');
  await apply(tree, IN_BUCKET, 'web');
  await apply(tree, { to: 's3://acme-backups/admin', region: 'eu-central-1', schedule: '29 3 * * *' }, 'admin');
  return tree;
}

const targetsOf = (tree: Tree, root = 'apps/web') => inferredTargets(readHardeningFile(tree, root).capabilities);

describe('a folder', () => {
  it('is ignored, needs no package, gets no workflow, and its runbook says what it is not good for', async () => {
    const tree = await made({});
    expect(read(tree, '.gitignore').split('\n')).toEqual(expect.arrayContaining(['.backups/', 'test-output/']));
    expect(readJsonFile(tree, 'package.json')).not.toHaveProperty('devDependencies.@aws-sdk/client-s3');
    expect(tree.exists(WORKFLOW)).toBe(false);
    expect(own(tree, 'README.md')).toContain('a folder is lost with its disk');
  });

  it.each([
    ['file:data/backups', 'data/backups/'],
    ['file:./backups/', 'backups/'],
    ['file:///var/backups', undefined],
    ['file:/var/backups', undefined],
    ['file:../backups', undefined],
  ])('%s ignores %s', async (to, ignored) => {
    const lines = read(await made({ to }), '.gitignore').split('\n').filter((line) => line.includes('backups'));
    expect(lines).toEqual(ignored === undefined ? [] : [ignored]);
  });
});

describe('the targets', () => {
  it('are never cached, and have what was chosen, by the names of their executors', async () => {
    const tree = await made({ ...IN_BUCKET, keepDays: 7, keepWeekly: 5, jobs: 4, encryptTo: [KEY], checkQuery: 'SELECT true', connection: 'DIRECT_URL' });
    const targets = targetsOf(tree);
    expect(targets['backup-db']).toMatchObject({ executor: '@chronos/nx-harden:backup-db', cache: false, options: { ...IN_BUCKET, keepDays: 7, keepWeekly: 5, jobs: 4, encryptTo: [KEY], connection: 'DIRECT_URL' } });
    expect(targets['restore-db']).toMatchObject({ cache: false, options: { from: IN_BUCKET.to, region: 'eu-central-1', jobs: 4 } });
    expect(targets['verify-backup']).toMatchObject({ cache: false, options: { from: IN_BUCKET.to, region: 'eu-central-1', jobs: 4, checkQuery: 'SELECT true' } });
  });

  it.each(['backup-db', 'restore-db', 'verify-backup'])('%s has no option that its executor does not know', async (name) => {
    const { properties } = (await import(`../../executors/${name}/schema.json`)) as { properties: Record<string, unknown> };
    const chosen = { ...IN_BUCKET, keepDays: 7, keepMinimum: 5, keepDaily: 7, keepWeekly: 5, keepMonthly: 12, keepYearly: 3, jobs: 4, encryptTo: [KEY], checkQuery: 'SELECT true', connection: 'DIRECT_URL', secretId: 'prod/web' };
    const options = { ...targetsOf(await made(chosen))[name]?.options, ...targetsOf(await made({ ...IN_BUCKET, deletes: 'lifecycle' }))[name]?.options } as object;
    expect(Object.keys(options).filter((option) => !(option in properties))).toEqual([]);
  });

  it('keep for as long as the schema says where nobody chose, and nothing prunes where the bucket deletes', async () => {
    expect(targetsOf(await made())['backup-db']?.options).toMatchObject({ keepDays: schema.properties.keepDays['x-default'] });
    const { options } = targetsOf(await made({ ...IN_BUCKET, deletes: 'lifecycle' }))['backup-db'] ?? {};
    expect(options).toEqual({ ...IN_BUCKET, prune: 'off' });
  });

  it('take the PostgreSQL that the rest of the workflows has', () => {
    expect(schema.properties.postgresMajor['x-default']).toBe(Number(POSTGRES));
  });
});

describe('the packages', () => {
  it('are those that what was chosen needs, and go when it is chosen no more', async () => {
    const tree = await made({ ...IN_BUCKET, encryptTo: [KEY], secretId: 'prod/web/database' });
    expect(readJsonFile(tree, 'package.json')?.['devDependencies']).toEqual(BACKUP_PACKAGES);
    await apply(tree, { to: 'file:.backups', encryptTo: [], secretId: '' });
    expect(readJsonFile(tree, 'package.json')).not.toHaveProperty('devDependencies');
  });
});

describe('the workflows', () => {
  const endpoint = { to: 's3://acme-backups/web?endpoint=https://acme.r2.cloudflarestorage.com&region=auto' };
  const VARIANTS: [string, () => Promise<Tree>][] = [
    ['pnpm', () => made()],
    ['npm, .nvmrc', () => made(IN_BUCKET, 'and npm')],
    ['yarn', () => made(IN_BUCKET, 'and yarn')],
    ['bun, an app in the root', () => made(IN_BUCKET, 'and bun')],
    ['a server other than AWS', () => made(endpoint)],
    ['encrypted, rules of the bucket, no region', () => made({ to: 's3://acme-backups', encryptTo: [KEY], deletes: 'lifecycle', drillImage: 'pgvector/pgvector:pg17' })],
    ['a secret of AWS', () => made({ ...IN_BUCKET, secretId: 'prod/web/database' })],
    ['two apps', twoApps],
  ];

  it.each(VARIANTS)('%s: have no fault that actionlint, shellcheck or our own audit knows', async (_, make) => {
    const tree = await make();
    for (const file of [WORKFLOW, DRILL]) expect(await lintWorkflow(read(tree, file))).toEqual([]);
    const wrong = checkCi(tree, readNextApp(tree, tree.exists('apps/admin') ? 'web' : undefined)).filter(({ status }) => status !== 'pass');
    // What tests pull requests and keeps pins fresh is the job of `ci`.
    expect(wrong.map(({ check }) => check)).toEqual(['ci/tests', 'ci/updates']);
  });

  it('use the pinned actions alone', async () => {
    const tree = await made();
    const pins = Object.entries(ACTIONS).map(([name, { sha }]) => `${name}@${sha}`);
    const used = [WORKFLOW, DRILL].flatMap((file) => Object.values(jobsOf(read(tree, file))).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? [])));
    expect(used.filter((action) => !pins.includes(action))).toEqual([]);
    expect(used.join()).toContain('aws-actions/configure-aws-credentials');
  });

  it('give the job a role for as long as it may run, and no permission that it does not need', async () => {
    const { backup, report } = jobsOf(read(await made(), WORKFLOW));
    expect(backup).toMatchObject({ environment: 'backup-web', permissions: { contents: 'read', 'id-token': 'write' }, concurrency: { group: 'backup-web', 'cancel-in-progress': false } });
    expect(report?.permissions).toEqual({ issues: 'write' });
    const role = backup?.steps.find(({ uses }) => uses?.startsWith('aws-actions/'));
    expect(role?.with).toEqual({ 'role-to-assume': '${{ vars.BACKUP_ROLE_ARN }}', 'aws-region': 'eu-central-1', 'role-duration-seconds': (backup?.['timeout-minutes'] ?? 0) * 60 });
  });

  it('hand the secrets to the one step that backs up, by env', async () => {
    const { backup } = jobsOf(read(await made(), WORKFLOW));
    const withSecrets = backup?.steps.filter((step) => JSON.stringify(step).includes('secrets.'));
    expect(withSecrets).toEqual([{ name: 'Back up', run: 'pnpm exec nx run @acme/web:backup-db --prune=apply', env: { DATABASE_URL: '${{ secrets.DATABASE_URL }}', BACKUP_HEARTBEAT_URL: '${{ secrets.BACKUP_HEARTBEAT_URL }}' } }]);
  });

  it('prune nothing where the bucket deletes', async () => {
    expect(read(await made({ ...IN_BUCKET, deletes: 'lifecycle' }), WORKFLOW)).toContain('backup-db --prune=off\n');
  });

  it('do not run in forks', async () => {
    const tree = await made();
    for (const file of [WORKFLOW, DRILL]) {
      const conditions = Object.entries(jobsOf(read(tree, file))).filter(([id]) => id !== 'report').map(([, job]) => job.if);
      expect(conditions).toEqual(['${{ !github.event.repository.fork }}']);
    }
  });

  it('install the programs of the server that is named, and restore into one of the same version', async () => {
    const tree = await made({ ...IN_BUCKET, postgresMajor: 18 });
    const { drill } = jobsOf(read(tree, DRILL));
    expect(drill?.services?.['postgres']?.image).toBe('postgres:18');
    for (const file of [WORKFLOW, DRILL]) expect(read(tree, file)).toContain('postgresql-client-18\n');
  });

  it('try the restore by a role that can only read, without the database, and keep the result', async () => {
    const { drill } = jobsOf(read(await made({ ...IN_BUCKET, encryptTo: [KEY] }), DRILL));
    expect(JSON.stringify(drill)).toContain('vars.BACKUP_READ_ROLE_ARN');
    expect(JSON.stringify(drill)).not.toMatch(/BACKUP_ROLE_ARN|secrets\.DATABASE_URL/);
    expect(drill?.steps.find(({ name }) => name === 'Restore it, and compare')?.env).toHaveProperty('BACKUP_AGE_IDENTITY');
    expect(drill?.steps.at(-1)?.with).toMatchObject({ path: 'apps/web/test-output/restore-drill.json' });
  });

  it('have keys for a server that knows no roles', async () => {
    const { backup } = jobsOf(read(await made(endpoint), WORKFLOW));
    expect(backup?.permissions).toEqual({ contents: 'read' });
    expect(backup?.steps.at(-1)?.env).toMatchObject({ AWS_ACCESS_KEY_ID: '${{ secrets.BACKUP_ACCESS_KEY_ID }}' });
    expect(backup?.steps.some(({ uses }) => uses?.startsWith('aws-actions/'))).toBe(false);
  });
});

describe('the report', () => {
  /** Runs the step's own text in bash, with a stand-in for `gh` that notes what it is asked. */
  async function run(open: string): Promise<string[]> {
    const { report } = jobsOf(read(await made(), WORKFLOW));
    const dir = mkdtempSync(join(tmpdir(), 'nx-harden-report-'));
    try {
      writeFileSync(join(dir, 'gh'), `#!/bin/bash\necho "$@" >> ${dir}/asked\nif [ "$1 $2" = "label create" ]; then exit 1; fi\nif [ "$1 $2" = "issue list" ]; then echo '${open}'; fi\n`, { mode: 0o755 });
      execFileSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', report?.steps[0]?.run ?? 'exit 1'], { env: { PATH: `${dir}:${process.env['PATH']}`, BODY: 'It failed' } });
      return readFileSync(join(dir, 'asked'), 'utf-8').trim().split('\n').filter((line) => /^issue (create|comment)/.test(line));
    } finally {
      rmSync(dir, { recursive: true });
    }
  }

  it('opens an issue where none is open, also where the label is there already', async () => {
    expect(await run('')).toEqual(['issue create --title Backup failed --label backup --body It failed']);
  });

  it('adds to the one that is open', async () => {
    expect(await run('7')).toEqual(['issue comment 7 --body It failed']);
  });
});

describe('the policies', () => {
  interface Statement {
    Action: string | string[];
    Resource: string;
    Condition?: Record<string, Record<string, string>>;
  }
  const statements = (text: string): Statement[] => (JSON.parse(text) as { Statement: Statement[] }).Statement;
  const actions = (text: string): string[] => statements(text).flatMap(({ Action }) => Action);

  it('let the job that prunes delete, and the other one not', async () => {
    const deleting = /Delete/;
    expect(actions(own(await made(), 'writer-policy.json')).filter((one) => deleting.test(one))).toEqual(['s3:DeleteObject', 's3:DeleteObjectVersion']);
    expect(actions(own(await made({ ...IN_BUCKET, deletes: 'lifecycle' }), 'writer-policy.json')).filter((one) => deleting.test(one))).toEqual([]);
  });

  it('give the jobs each right that our own code says it needs', async () => {
    const tree = await made();
    const dir = join(__dirname, '../../backup/store');
    const needed = readdirSync(dir).filter((file) => /^s3-.*(?<!spec)\.ts$/.test(file)).flatMap((file) => [...readFileSync(join(dir, file), 'utf-8').matchAll(/\bright: '(s3:\w+)'/g)].map(([, right]) => right));
    expect(needed).toContain('s3:ListBucketVersions');
    expect([...new Set(needed)].filter((right) => !actions(own(tree, 'writer-policy.json')).includes(right ?? ''))).toEqual([]);
  });

  it('let the job that writes read no dump, and the one that reads write nothing', async () => {
    const tree = await made();
    const readable = statements(own(tree, 'writer-policy.json')).filter(({ Action }) => [Action].flat().includes('s3:GetObject'));
    expect(readable.map(({ Resource }) => Resource)).toEqual(['arn:aws:s3:::acme-backups/web/*/manifest.json']);
    expect(actions(own(tree, 'reader-policy.json'))).toEqual(['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
    expect(own(tree, 'reader-policy.json')).toContain('/*/drill-*.json');
  });

  it('reach nothing beside the prefix', async () => {
    const tree = await made();
    for (const file of ['writer-policy.json', 'reader-policy.json']) {
      for (const { Resource, Condition, Action } of statements(own(tree, file))) {
        if (Resource === 'arn:aws:s3:::acme-backups' && [Action].flat().includes('s3:ListBucket')) expect(Condition).toEqual({ StringLike: { 's3:prefix': 'web/*' } });
        else if (Resource !== 'arn:aws:s3:::acme-backups') expect(Resource).toMatch(/^arn:aws:s3:::acme-backups\/web\//);
      }
    }
  });

  it('trust the environment that the job runs in, and nothing else of GitHub', async () => {
    const tree = await twoApps();
    const environments = Object.values(jobsOf(read(tree, WORKFLOW))).flatMap(({ environment }) => environment ?? []);
    const trusted = ['apps/admin', 'apps/web'].map((root) => (statements(own(tree, 'trust-policy.json', root))[0]?.Condition?.['StringEquals'] ?? {})['token.actions.githubusercontent.com:sub']);
    expect(trusted).toEqual(environments.map((environment) => `repo:OWNER/REPO:environment:${environment}`));
  });

  it('delete by age only where the job does not, and what uploads left behind always', async () => {
    const rules = async (options: Record<string, unknown>) => (JSON.parse(own(await made({ ...IN_BUCKET, ...options }), 'lifecycle.json')) as { Rules: { Expiration?: { Days?: number }; AbortIncompleteMultipartUpload?: object; Filter: object }[] }).Rules;
    expect((await rules({})).flatMap(({ Expiration }) => Expiration?.Days ?? [])).toEqual([]);
    const byAge = await rules({ deletes: 'lifecycle', keepDays: 14 });
    expect(byAge.flatMap(({ Expiration }) => Expiration?.Days ?? [])).toEqual([14]);
    expect(byAge[0]).toMatchObject({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 }, Filter: { Prefix: 'web/' } });
  });
});

describe('pgBackRest', () => {
  it('has a configuration for the same bucket, beside the dumps', async () => {
    const config = own(await made({ ...IN_BUCKET, pgbackrest: true, keepDays: 14 }), 'pgbackrest.conf');
    const settings = Object.fromEntries(config.split('\n').filter((line) => /^[\w-]+=/.test(line)).map((line) => line.split('=')));
    expect(settings).toMatchObject({ 'repo1-s3-bucket': 'acme-backups', 'repo1-s3-endpoint': 's3.eu-central-1.amazonaws.com', 'repo1-path': '/pgbackrest/web', 'repo1-retention-full': '14', 'repo1-cipher-type': 'aes-256-cbc' });
    expect(settings).not.toHaveProperty('repo1-cipher-pass');
  });
});

describe('several apps', () => {
  it('have one workflow, a job and a schedule for each, and a report for all', async () => {
    const text = read(await twoApps(), WORKFLOW);
    const jobs = jobsOf(text);
    expect(Object.keys(jobs)).toEqual(['backup-admin', 'backup-web', 'report']);
    expect(cronsOf(text)).toEqual(['29 3 * * *', '17 2 * * *']);
    expect(jobs['backup-admin']?.if).toContain("github.event.schedule == '29 3 * * *'");
    expect(jobs['report']?.needs).toEqual(['backup-admin', 'backup-web']);
  });

  it('keep the environment, and so what AWS trusts, when another one comes', async () => {
    const tree = fixture('beside another app');
    await apply(tree, IN_BUCKET, 'web');
    const before = own(tree, 'trust-policy.json');
    await apply(tree, { to: 's3://acme-backups/admin' }, 'admin');
    expect(own(tree, 'trust-policy.json')).toBe(before);
    expect(jobsOf(read(tree, WORKFLOW))['backup-web']?.environment).toBe('backup-web');
  });

  it('leave the workflow to the one with a bucket when the other has a folder', async () => {
    const tree = fixture('beside another app');
    await apply(tree, IN_BUCKET, 'web');
    const alone = read(tree, WORKFLOW);
    await apply(tree, {}, 'admin');
    expect(read(tree, WORKFLOW)).toBe(alone);
  });

  it('leave no trace, whichever goes first', async () => {
    const tree = fixture('beside another app');
    const before = contentsOf(tree);
    await apply(tree, IN_BUCKET, 'web');
    const alone = contentsOf(tree);
    await apply(tree, { to: 's3://acme-backups/admin', encryptTo: [KEY] }, 'admin');
    await removeCapabilities(tree, readNextApp(tree, 'admin'), ['backup'], { leaveNoTrace: true });
    expect(contentsOf(tree)).toEqual(alone);
    await removeCapabilities(tree, readNextApp(tree, 'web'), ['backup'], { leaveNoTrace: true });
    expect(contentsOf(tree)).toEqual(before);
  });
});

describe('what is asked for', () => {
  it("keeps a team's own backup.yml, and offers ours", async () => {
    const tree = fixture();
    const theirs = 'name: Backup\non: push\njobs: {}\n';
    tree.write(WORKFLOW, theirs);
    const { steps } = await apply(tree, IN_BUCKET);
    expect(read(tree, WORKFLOW)).toBe(theirs);
    expect(steps.map(({ file }) => file)).toEqual([WORKFLOW]);
  });

  it.each([
    [{ to: 'ftp://x' }, /--to is no store for backups\. Give s3:/],
    [{ to: 's3://user:secret@bucket/x' }, /--to has credentials in it/],
    [{ to: 's3://Bucket_X/x' }, /is no name of a bucket/],
    [{ to: "s3://bucket/$(id)" }, /has a character that policies and shells read/],
    [{ schedule: 'daily' }, /--schedule is "daily"; it is cron's five fields/],
    [{ encryptTo: ['AGE-SECRET-KEY-1ABC'] }, /no public key of age/],
    [{ connection: 'postgres://a:b@c/d' }, /is the name of an environment variable/],
    [{ keepDays: 0.5 }, /--keepDays is 0\.5; it is a whole number/],
    [{ ...IN_BUCKET, deletes: 'lifecycle', keepWeekly: 4 }, /--keepWeekly cannot be had with --deletes=lifecycle/],
    [{ deletes: 'lifecycle' }, /--to names a folder/],
    [{ pgbackrest: true }, /add --to=s3:/],
    [{ to: 's3://acme-backups', pgbackrest: true }, /--pgbackrest needs a prefix/],
  ])('refuses %j with one error', async (options, message) => {
    const failure = await apply(fixture(), options).then(() => undefined, (error: Error) => error);
    expect(failure?.message).toMatch(message);
    expect(failure?.message).not.toMatch(/secret@|a:b@|KEY-1ABC/);
  });
});
