import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backupCommand, type BackupCommand } from './backup-command';
import { listBackups } from './catalog';
import { openStore } from './store/open-store';
import { restoreCommand, type RestoreCommand } from './restore-command';
import { startScratchServer, type ScratchServer } from './postgres/scratch-server';
import { verifyCommand, type VerifyCommand } from './verify-command';

const workspaceRoot = mkdtempSync(join(tmpdir(), 'nx-harden-commands-'));
let server: ScratchServer;
let said = '';
const output = { isTTY: false, write: (text: string) => void (said += text) };

async function sql(database: string, ...statements: string[]): Promise<unknown[]> {
  const client = new Client({ connectionString: server.url.replace(/\/postgres$/, `/${database}`) });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}
const backup = (more: Partial<BackupCommand> = {}): Promise<number> =>
  backupCommand({ to: 'file:backups', databases: [], jobs: 1, format: 'custom', compression: 'auto', encryptTo: [], verify: 'stream', roles: 'none', policy: { minimum: 1 }, prune: 'plan', heartbeat: 'NO_HEARTBEAT', verbose: false, workspaceRoot, tool: 'test', ...more }, output);
const restore = (more: Partial<RestoreCommand> = {}): Promise<number> =>
  restoreCommand({ from: 'file:backups', list: false, backup: 'latest', targetUrl: 'env:TEST_TARGET', jobs: 2, clean: false, tables: [], schemaOnly: false, roles: false, owners: true, json: false, verbose: false, workspaceRoot, ...more }, output);
const verify = (more: Partial<VerifyCommand> = {}): Promise<number> =>
  verifyCommand({ from: 'file:backups', backup: 'latest', jobs: 1, outputFile: 'drill.json', heartbeat: 'NO_HEARTBEAT', verbose: false, workspaceRoot, serverUrl: 'env:TEST_SERVER', ...more }, output);
const urlOf = (database: string): string => server.url.replace(/\/postgres$/, `/${database}`);
const idsOf = async (database: string, to = 'file:backups'): Promise<string[]> => (await listBackups(await openStore(to, { workspaceRoot }), database)).map(({ id }) => id);
const leftBehind = (): string[] => readdirSync(tmpdir()).filter((name) => /^nx-harden-(libpq|restore)-/.test(name));

beforeAll(async () => {
  server = await startScratchServer({ major: 15 });
  await sql('postgres', 'CREATE DATABASE one', 'CREATE DATABASE two');
  await sql('one', 'CREATE TABLE t (i integer PRIMARY KEY)', 'INSERT INTO t SELECT generate_series(1, 50)');
  await sql('two', 'CREATE TABLE u (i integer)');
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(workspaceRoot, { recursive: true, force: true });
});
beforeEach(() => {
  said = '';
  Object.assign(process.env, { DATABASE_URL: urlOf('one'), TEST_TARGET: urlOf('copy'), TEST_SERVER: server.url });
});
afterEach(async () => {
  for (const name of ['DATABASE_URL', 'TEST_TARGET', 'TEST_SERVER', 'GITHUB_STEP_SUMMARY']) delete process.env[name];
  rmSync(join(workspaceRoot, 'backups'), { recursive: true, force: true });
  await sql('postgres', 'DROP DATABASE IF EXISTS copy WITH (FORCE)');
});

describe('backup-db', () => {
  it('says what it did, in a line for people, JSON for programs and a summary for Actions', async () => {
    const summary = (process.env['GITHUB_STEP_SUMMARY'] = join(workspaceRoot, 'summary.md'));
    const before = leftBehind();
    expect(await backup({ outputFile: 'out/result.json' })).toBe(0);
    expect(said).toMatch(/^Backing up one on 127\.0\.0\.1:\d+ \(PostgreSQL \d+\.\d+, .* MB with indexes\) by pg_dump .*\n0\.0 MB became 0\.0 MB \(zstd, verified by pg_restore\) in .* s: file:backups\/one\/\d{8}T\d{6}Z-[0-9a-f]{8}\n$/);
    expect(JSON.parse(readFileSync(join(workspaceRoot, 'out/result.json'), 'utf-8'))).toMatchObject({ code: 0, backups: [{ database: 'one', manifest: { tables: [{ name: 't', rows: 50 }] } }] });
    expect(readFileSync(summary, 'utf-8')).toMatch(/\| one \| ✅ `\d{8}T/);
    expect(leftBehind()).toEqual(before);
  });

  it('goes through several databases, also after one that fails', async () => {
    expect(await backup({ databases: ['one', 'missing', 'two'] })).toBe(1);
    expect(said).toContain('missing: No connection to missing');
    expect([await idsOf('one'), await idsOf('two'), await idsOf('missing')].map((ids) => ids.length)).toEqual([1, 1, 0]);
    expect(await backup({ databases: ['*'] })).toBe(0);
    expect([await idsOf('one'), await idsOf('two'), await idsOf('postgres')].map((ids) => ids.length)).toEqual([2, 2, 1]);
  });

  it('removes what is not kept only when it is told to', async () => {
    for (let time = 0; time < 3; time++) expect(await backup()).toBe(0);
    // Nothing is older than a day, so the count of days alone removes none; by the day only the newest stays.
    expect(await backup({ policy: { minimum: 1, daily: 1 } })).toBe(0);
    expect(said).toMatch(/Retention: 1 are to be kept, and 3 \(.*\) would be removed by --prune=apply:\n( {2}\d{8}T.*\n){3}$/);
    expect(await idsOf('one')).toHaveLength(4);
    expect(await backup({ policy: { minimum: 2, daily: 1 }, prune: 'apply' })).toBe(0);
    expect(said).toContain('Retention: 2 kept, 3 removed.');
    expect(await idsOf('one')).toHaveLength(2);
  });

  it('leaves no backup and a code when it fails', async () => {
    process.env['DATABASE_URL'] = urlOf('one').replace(/:[^:@]+@/, ':wrong@');
    expect(await backup()).toBe(1);
    expect(said).toMatch(/^No connection to one on .* \(from DATABASE_URL\): the password is wrong\.\n$/);
    expect(existsSync(join(workspaceRoot, 'backups'))).toBe(false);
    delete process.env['DATABASE_URL'];
    said = '';
    expect(await backup({ to: 'ftp://x' })).toBe(1);
    expect(said).toMatch(/^No database is named\. Set DATABASE_URL/);
  });

  it('is interrupted before it has begun, and no monitor hears of a success', async () => {
    const { createServer } = await import('node:http');
    const heard: string[] = [];
    const monitor = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk)).on('end', () => {
        heard.push((JSON.parse(body) as { event: string }).event);
        setTimeout(() => response.end(), heard.length === 1 ? 150 : 0);
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => monitor.once('listening', resolve));
    process.env['TEST_MONITOR'] = `http://127.0.0.1:${(monitor.address() as { port: number }).port}/`;
    try {
      const running = backup({ heartbeat: 'TEST_MONITOR' });
      setTimeout(() => process.emit('SIGTERM', 'SIGTERM'), 60);
      expect(await running).toBe(143);
      expect(heard).toEqual(['start', 'failure']);
      expect(said).toContain('Stopped by SIGTERM');
    } finally {
      delete process.env['TEST_MONITOR'];
      monitor.close();
    }
  });

  it('is interrupted in order', async () => {
    await sql('one', 'CREATE TABLE large AS SELECT repeat(md5(i::text), 40) AS t FROM generate_series(1, 40000) i');
    try {
      const running = backup();
      await new Promise((resolve) => setTimeout(resolve, 120));
      process.emit('SIGINT', 'SIGINT');
      expect(await running).toBe(130);
      expect(said).toContain('Stopped by SIGINT. No backup was made, and nothing was deleted.');
      expect(await idsOf('one')).toEqual([]);
    } finally {
      await sql('one', 'DROP TABLE large');
    }
  });

  it('does not begin with a client that is too old', async () => {
    const folder = join(workspaceRoot, 'old');
    mkdirSync(folder);
    for (const program of ['pg_dump', 'pg_restore']) {
      writeFileSync(join(folder, program), '#!/bin/sh\necho "pg_dump (PostgreSQL) 9.6"\n');
      chmodSync(join(folder, program), 0o755);
    }
    expect(await backup({ pgDumpPath: folder })).toBe(1);
    expect(said).toMatch(/^pg_dump 9 cannot dump a PostgreSQL \d+ server: .*\n$/);
    expect(existsSync(join(workspaceRoot, 'backups/one'))).toBe(false);
  });
});

describe('restore-db', () => {
  it('lists what there is', async () => {
    expect(await restore({ list: true })).toBe(0);
    expect(said).toBe('There is no backup at file:backups.\n');
    await backup({ databases: ['one', 'two'] });
    const [id = ''] = await idsOf('one');
    writeFileSync(join(workspaceRoot, 'backups/two', (await idsOf('two'))[0] ?? '', 'manifest.json'), '{}');
    said = '';
    expect(await restore({ list: true })).toBe(0);
    expect(said.split('\n').map((line) => line.replace(/ {2,}/g, '|'))).toEqual([
      'database|backup|taken (UTC)|dumped|stored',
      expect.stringMatching(new RegExp(`^one\\|${id}\\|[\\d-]+ [\\d:]+\\|.* MB\\|.* MB\\|verified$`)),
      expect.stringMatching(/^two\|.*\|damaged: .*is damaged/),
      '',
    ]);
  });

  it('makes the database that it restores into', async () => {
    await backup();
    expect(await restore()).toBe(0);
    expect(said).toMatch(/Restored in .*: 1 of 1 tables are as they were dumped\.\n$/);
    expect(await sql('copy', 'SELECT count(*)::int AS n FROM t')).toEqual([{ n: 50 }]);
  });

  it.each<[string, Partial<RestoreCommand>, string | RegExp]>([
    ['a backup that is not there', { backup: '20200101T000000Z-00000000' }, /^There is no backup 20200101T000000Z-00000000 of one at file:backups\. See: /m],
    ['a place with none', { from: 'file:nowhere' }, /^There is no whole backup of one at file:nowhere/],
    ['one of several', {}, 'There are backups of several databases at file:backups: one, two. Say which by --database.'],
    ['a variable that is not set', { targetUrl: 'env:NOT_SET', database: 'one' }, 'NOT_SET is not set'],
    ['a password on the command line', { targetUrl: 'postgres://u:s3cr3t@h/d', database: 'one' }, "holds a password, which is now in the shell's history"],
  ])('says what to do about %s', async (_, more, message) => {
    await backup({ databases: ['one', 'two'] });
    said = '';
    expect(await restore({ database: 'database' in more || Object.keys(more).length === 0 ? (more.database as string) : 'one', ...more })).toBe(1);
    expect(said).toMatch(message);
    expect(said).not.toContain('s3cr3t');
    expect(said.trim().split('\n')).toHaveLength(1);
  });
});

describe('verify-backup', () => {
  it('measures, keeps the result with the backup, and leaves no database', async () => {
    await backup();
    expect(await verify({ checkQuery: 'SELECT count(*) FROM t' })).toBe(0);
    expect(said).toMatch(/restores: ready in .* \(RTO\), .* old \(RPO\), 1 of 1 tables as dumped\.\n {2}The check query gave 50: passed\.\n$/);
    expect(JSON.parse(readFileSync(join(workspaceRoot, 'drill.json'), 'utf-8'))).toMatchObject({ database: 'one', passed: true, tables: [{ schema: 'public', name: 't', expected: 50, actual: 50, sample: 'same', ok: true }] });
    const [id = ''] = await idsOf('one');
    expect(readdirSync(join(workspaceRoot, 'backups/one', id))).toContainEqual(expect.stringMatching(/^drill-\d{8}T\d{6}Z\.json$/));
    expect(await sql('postgres', "SELECT datname FROM pg_database WHERE datname LIKE '%drill%'")).toEqual([]);
  });

  it.each<[string, Partial<VerifyCommand>, RegExp]>([
    ['the check query says no', { checkQuery: 'SELECT false' }, /The check query gave false: failed/],
    ['the check query does not run', { checkQuery: 'SELECT x' }, /The check query gave column "x" does not exist: failed/],
    ['the check query would write', { checkQuery: 'DELETE FROM t RETURNING true' }, /cannot execute DELETE in a read-only transaction: failed/],
  ])('fails when %s', async (_, more, message) => {
    await backup();
    expect(await verify(more)).toBe(1);
    expect(said).toMatch(message);
    expect(JSON.parse(readFileSync(join(workspaceRoot, 'drill.json'), 'utf-8')).passed).toBe(false);
    expect(await sql('postgres', "SELECT datname FROM pg_database WHERE datname LIKE '%drill%'")).toEqual([]);
  });

  it('leaves no result of an earlier drill when it fails', async () => {
    await backup();
    await verify();
    const [id = ''] = await idsOf('one');
    const folder = join(workspaceRoot, 'backups/one', id);
    for (const name of readdirSync(folder).filter((entry) => entry.includes('dump'))) writeFileSync(join(folder, name), 'x');
    expect(await verify()).toBe(1);
    expect(JSON.parse(readFileSync(join(workspaceRoot, 'drill.json'), 'utf-8'))).toMatchObject({ passed: false, backup: id, error: expect.stringContaining('is damaged') });
  });

  it('does not run what is no SQL in a plain dump', async () => {
    const { gzipSync } = await import('node:zlib');
    const { createHash } = await import('node:crypto');
    const { parseManifest, printManifest } = await import('./manifest');
    await backup({ format: 'plain', roles: 'none' });
    const [id = ''] = await idsOf('one');
    const folder = join(workspaceRoot, 'backups/one', id);
    const proof = join(workspaceRoot, 'proof');
    const plain = Buffer.from(`\\! touch ${proof}\nSELECT 1;\n-- PostgreSQL database dump complete\n`);
    const stored = gzipSync(plain);
    const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    const manifest = parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf-8'), { database: 'one', id }, 'x');
    const [dump] = manifest.objects.filter(({ role }) => role === 'dump');
    Object.assign(dump ?? {}, { size: stored.length, sha256: sha(stored), plainSize: plain.length, plainSha256: sha(plain) });
    writeFileSync(join(folder, dump?.name ?? ''), stored);
    writeFileSync(join(folder, 'manifest.json'), printManifest(manifest));
    expect(await verify()).toBe(1);
    expect(said).toMatch(/backslash commands are restricted|knows no \\restrict/);
    expect(existsSync(proof)).toBe(false);
  });

  it('starts a server for it when none is given, and ends it', async () => {
    await backup({ roles: 'without-passwords' });
    expect(await verify({ serverUrl: undefined })).toBe(0);
    expect(said).toContain('on a server of its own');
  }, 60_000);
});
