import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { commitAll, initRepository, status } from './src/git.ts';
import { inOrder } from './src/in-order.ts';
import { startPostgres, type TestDatabase } from './src/postgres.ts';
import { watchCommandLines } from './src/process-watch.ts';
import { attempt, REPOSITORY, run, userEnvironment, type Outcome } from './src/shell.ts';
import { makeTempDir } from './src/temp.ts';
import { createTypeScriptWorkspace } from './src/typescript-workspace.ts';

const { tarball } = inject('shared');
const PASSWORD = 'e2e-Passw0rd-%25-17f3';
const POSTS = "CREATE TABLE posts (id serial PRIMARY KEY, title text, extra jsonb); INSERT INTO posts (title, extra) SELECT 'post ' || i, jsonb_build_object('ä', i) FROM generate_series(1, 20000) i; CREATE TABLE empty (a int); SELECT 1";

/** Folders with a password in them, of a run that is over. */
async function leftOvers(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('nx-harden-libpq-'));
}

describe('backups as a new user makes them', () => {
  inOrder();
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  let dir: string;
  let server: TestDatabase;
  let url: string;
  const nx = (args: string[], env: Record<string, string> = {}): Promise<Outcome> => attempt('pnpm', ['exec', 'nx', ...args], dir, { env });
  const succeed = async (...args: string[]): Promise<string> => {
    const { code, output } = await nx(args);
    expect(code, output).toBe(0);
    return output;
  };
  const hash = async (): Promise<unknown> => (await server.query("SELECT count(*) AS n, md5(string_agg(p::text, '|' ORDER BY id)) AS hash FROM posts p", 'shop'))[0];

  beforeAll(async () => {
    temp = await makeTempDir('backup');
    dir = join(temp.path, 'acme');
    await mkdir(dir);
    await createTypeScriptWorkspace(dir);
    await run('pnpm', ['add', '-Dw', tarball], dir);
    server = await startPostgres();
    await server.query(`CREATE ROLE app LOGIN CREATEDB PASSWORD '${decodeURIComponent(PASSWORD)}'`);
    await server.query('CREATE DATABASE shop OWNER app');
    const own = new URL(server.url('shop'));
    own.username = 'app';
    own.password = PASSWORD;
    url = own.href;
    // Where the app itself has it.
    await writeFile(join(dir, 'apps/web/.env'), `DATABASE_URL=${url}\n`);
    await initRepository(dir);
  });
  afterAll(async () => {
    await server?.stop();
    await temp?.remove();
  });

  it('are put in by one command', async () => {
    await succeed('g', '@chronos/nx-harden:backup', 'web');
    await commitAll(dir, 'backups');
  });

  it('are made, restored after all was lost, and tried, in three commands', async () => {
    const client = new URL(url);
    await server.query('GRANT ALL ON SCHEMA public TO app', 'shop');
    await server.query(`SET ROLE app; ${POSTS}`, 'shop').catch(async (error: Error) => {
      throw new Error(`${client.host}: ${error.message}`);
    });
    const before = await hash();

    const made = await succeed('run', 'web:backup-db');
    expect(made).toContain('verified by pg_restore');
    expect(await status(dir)).toBe('');
    expect(await succeed('run', 'web:restore-db', '--list')).toMatch(/shop\s+\d{8}T\d{6}Z-[0-9a-f]{8}\s.*verified/);

    await server.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner', 'shop');
    expect(await succeed('run', 'web:restore-db', '--targetUrl=env:DATABASE_URL')).toContain('2 of 2 tables are as they were dumped');
    expect(await hash()).toEqual(before);

    expect(await succeed('run', 'web:verify-backup', '--checkQuery=SELECT count(*) > 100 FROM posts')).toMatch(/restores: ready in .* \(RTO\), .* old \(RPO\), 2 of 2 tables as dumped/);
    expect(JSON.parse(await readFile(join(dir, 'apps/web/test-output/restore-drill.json'), 'utf-8'))).toMatchObject({ passed: true, database: 'shop', checkQuery: { passed: true } });
    expect(await status(dir)).toBe('');
  });

  it('say in one sentence what is wrong, and leave things as they are', async () => {
    const before = await hash();
    const refused = await nx(['run', 'web:restore-db', '--targetUrl=env:DATABASE_URL']);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('shop on 127.0.0.1');
    expect(refused.output).toContain('is not empty');
    expect(await hash()).toEqual(before);
    const withPassword = await nx(['run', 'web:restore-db', `--targetUrl=${url}`]);
    expect(withPassword.output).toContain("holds a password, which is now in the shell's history");
    const failed = await nx(['run', 'web:verify-backup', '--checkQuery=SELECT count(*) > 1000000 FROM posts']);
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain('The check query gave false: failed');
    const unreachable = await nx(['run', 'web:backup-db'], { DATABASE_URL: 'postgres://app:x@127.0.0.1:1/shop' });
    expect(unreachable.code).not.toBe(0);
    expect(unreachable.output).toContain('nothing listens there');
    for (const { output } of [refused, failed, unreachable]) expect(output).not.toMatch(/^\s+at .+:\d+:\d+/m);
  });

  it('show the password and the key to nobody: no process list, no log, no file but the .env', async () => {
    const { generateIdentity, identityToRecipient } = (await import(join(REPOSITORY, 'packages/nx-harden/node_modules/age-encryption/dist/index.js'))) as typeof import('../packages/nx-harden/node_modules/age-encryption/dist/index.js');
    const identity = await generateIdentity();
    await run('pnpm', ['add', '-Dw', 'age-encryption@0.3.1'], dir);
    const secrets = [PASSWORD, decodeURIComponent(PASSWORD), identity];
    const watch = watchCommandLines(secrets);
    await server.query('CREATE TABLE wide AS SELECT repeat(md5(i::text), 30) AS t FROM generate_series(1, 60000) i', 'shop');
    await server.query('ALTER TABLE wide OWNER TO app', 'shop');
    const outputs = [
      await nx(['run', 'web:backup-db', `--encryptTo=${await identityToRecipient(identity)}`, '--verbose']),
      await nx(['run', 'web:restore-db', '--targetUrl=env:COPY_URL', '--verbose'], { COPY_URL: url.replace(/shop$/, 'copy'), BACKUP_AGE_IDENTITY: identity }),
      await nx(['run', 'web:restore-db', '--targetUrl=env:COPY_URL', '--verbose'], { COPY_URL: url.replace(/shop$/, 'copy').replace(PASSWORD, `${PASSWORD}x`), BACKUP_AGE_IDENTITY: identity }),
    ];
    const { looks, found } = await watch.stop();
    const [made, restored, refused] = outputs;
    expect(made?.code, made?.output).toBe(0);
    expect(made?.output).toContain('encrypted');
    expect(restored?.output).toContain('3 of 3 tables');
    expect(refused?.output).toContain('the password is wrong');
    expect(looks).toBeGreaterThan(50);
    expect(found).toEqual([]);
    for (const { output } of outputs) for (const secret of secrets) expect(output).not.toContain(secret);
    for (const path of [dir, join(homedir(), '.nx')]) {
      const holding = await attempt('grep', ['-rlF', ...secrets.flatMap((secret) => ['-e', secret]), '--exclude-dir=node_modules', path], dir);
      expect(holding.stdout.split('\n').filter(Boolean)).toEqual(path === dir ? [join(dir, 'apps/web/.env')] : []);
    }
    // Had it been there, it would have been seen.
    const seen = watchCommandLines([PASSWORD]);
    await run('sh', ['-c', 'sleep 0.3; true', PASSWORD], dir);
    expect((await seen.stop()).found).not.toEqual([]);
  });

  it('are given up by Ctrl-C, and say so', async () => {
    const folder = join(dir, '.backups/shop');
    const wholeOnes = async (): Promise<string[]> => {
      const ids = await readdir(folder);
      const files = await Promise.all(ids.map((id) => readdir(join(folder, id))));
      return ids.filter((_, index) => files[index]?.includes('manifest.json'));
    };
    const before = await wholeOnes();
    // A lock that is held keeps the dump waiting, so that it is surely under way.
    const holding = server.query("BEGIN; LOCK TABLE wide IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(8); COMMIT", 'shop');
    const child = execa('pnpm', ['exec', 'nx', 'run', 'web:backup-db'], { cwd: dir, env: userEnvironment(), extendEnv: false, detached: true, reject: false, all: true, stdin: 'ignore' });
    let heard = '';
    await new Promise<void>((resolve) => {
      child.all.on('data', (chunk: Buffer) => {
        heard += chunk.toString();
        if (heard.includes('Backing up shop')) resolve();
      });
      child.finally(() => resolve());
    });
    // As a terminal does it: to all that run in the foreground.
    process.kill(-(child.pid ?? 0), 'SIGINT');
    const { exitCode } = await child;
    expect(exitCode).not.toBe(0);
    // Nx may be gone before the executor has said its last.
    for (let tries = 0; tries < 50 && (await leftOvers()).length > 0; tries++) await sleep(200);
    expect(await leftOvers()).toEqual([]);
    expect(await wholeOnes()).toEqual(before);
    await holding;
  });

  it('come through faults, or leave nothing behind that looks like a backup', async () => {
    // One of each kind here; docs/capabilities/backup.md has the table of twenty.
    const { code, output } = await attempt('jiti', ['tools/fault-backup.ts', '--times=1', '--no-write', '--rows=20000'], REPOSITORY);
    expect(output).toContain('| a table dropped while dumping | 1 |');
    expect(code, output).toBe(0);
  });

  it('go away without a trace', async () => {
    await succeed('g', '@chronos/nx-harden:remove', 'backup');
    expect(await readdir(join(dir, 'apps/web'))).not.toContain('hardening.json');
    await appendFile(join(dir, 'apps/web/.env'), '');
  });
});
