import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync, copyFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VARIED_ROLES, variedDatabase } from '../testing/varied-database';
import { backUpDatabase, type BackupSettings, type FinishedBackup } from './backup-database';
import { folderOf } from './backup-id';
import { parseConnection, type Connection } from './postgres/connection';
import type { ObjectStore } from './store/object-store';
import { openStore } from './store/open-store';
import { findPgPrograms } from './postgres/pg-programs';
import type { BackupSource } from './read-object';
import { restoreDatabase, type RestoreSettings } from './restore-database';
import { startScratchServer, type ScratchServer } from './postgres/scratch-server';

const root = mkdtempSync(join(tmpdir(), 'nx-harden-round-trip-'));
const signal = new AbortController().signal;
let server: ScratchServer;
let store: ObjectStore;

function connectionTo(database: string): Connection {
  return { ...parseConnection(server.url, 'the test'), database };
}
async function sql(database: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const { host, port, user, password } = connectionTo(database);
  const client = new Client({ host, port, user, password: password ?? '', database });
  await client.connect();
  try {
    const result = await client.query(text, values.length > 0 ? values : undefined);
    return Array.isArray(result) ? [] : result.rows;
  } finally {
    await client.end();
  }
}
/** All of a database as text: definitions, rows, sequences, large objects, rights. */
function textOf(database: string): string {
  const { host, port, user, password } = connectionTo(database);
  const { file } = findPgPrograms(server.major).command('pg_dump');
  const text = execFileSync(file, ['--no-password'], { env: { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGDATABASE: database, PGTZ: 'UTC' }, encoding: 'utf-8', maxBuffer: 1 << 29 });
  // Newer clients put a word of chance there.
  return text.replace(/^\\(un)?restrict .*$/gm, '');
}
function backUp(database: string, more: Partial<BackupSettings> = {}): Promise<FinishedBackup> {
  return backUpDatabase({ connection: connectionTo(database), store, tool: 'test', jobs: 1, dump: 'custom', compression: 'zstd', recipients: [], verify: true, roles: 'without-passwords', signal, progress: { begin() {}, bytes() {}, table() {}, warn() {} }, ...more });
}
function restore({ manifest }: FinishedBackup, database: string, more: Partial<RestoreSettings> = {}, identities: string[] = []): ReturnType<typeof restoreDatabase> {
  const source: BackupSource = { store, folder: folderOf(manifest.database, manifest.id), manifest, identities, signal };
  return restoreDatabase({ source, target: connectionTo(database), jobs: 2, clean: false, confirm: async () => undefined, tables: [], schemaOnly: false, roles: false, withoutOwners: false, signal, say() {}, onTable() {}, ...more });
}
const PROPERTIES = "SELECT shobj_description(oid, 'pg_database') AS comment, current_setting('timezone') AS zone, has_database_privilege('vd_reader', oid, 'connect') AS may FROM pg_database WHERE datname = current_database()";
const databases = async (): Promise<unknown[]> => (await sql('postgres', 'SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1')).map(({ datname }) => datname);

beforeAll(async () => {
  server = await startScratchServer({ major: 15 });
  store = await openStore(`file://${root}/store`, { workspaceRoot: root });
  await sql('postgres', 'CREATE DATABASE "Sh op"');
  await sql('Sh op', variedDatabase(3000));
  await sql('Sh op', `ALTER DATABASE "Sh op" SET timezone = 'Asia/Tokyo'; REVOKE CONNECT ON DATABASE "Sh op" FROM PUBLIC; COMMENT ON DATABASE "Sh op" IS 'it''s all'`);
}, 60_000);
afterAll(async () => {
  await store?.close();
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

describe('what is restored equals what was dumped', () => {
  it.each<[string, Partial<BackupSettings>]>([
    ['as one', {}],
    ['in two parts', { jobs: 2 }],
    ['in five parts', { jobs: 5 }],
    ['by gzip', { compression: 'gzip' }],
    ['not compressed', { compression: 'none' }],
    ['as plain SQL', { dump: 'plain', compression: 'gzip' }],
  ])('%s', async (name, more) => {
    const backup = await backUp('Sh op', more);
    const target = `restored ${name}`;
    const { tables } = await restore(backup, target);
    expect(textOf(target)).toBe(textOf('Sh op'));
    expect(tables.length).toBeGreaterThan(8);
    expect(tables.filter(({ ok }) => !ok)).toEqual([]);
    expect(await sql(target, PROPERTIES)).toEqual([{ comment: "it's all", zone: 'Asia/Tokyo', may: false }]);
    expect(tables.find((table) => table.name === 'orders')).toMatchObject({ expected: 3000, actual: 3000, sample: 'same' });
  }, 60_000);

  it('of a table of five million rows', async () => {
    await sql('postgres', 'CREATE DATABASE wide');
    await sql('wide', 'CREATE TABLE many AS SELECT i AS id, i % 1000 AS b FROM generate_series(1, 5000000) i; ALTER TABLE many ADD PRIMARY KEY (id)');
    const { tables } = await restore(await backUp('wide', { jobs: 2 }), 'wide again');
    expect(tables).toMatchObject([{ name: 'many', expected: 5_000_000, actual: 5_000_000, sample: 'same', ok: true }]);
    const hash = 'SELECT count(*)::int AS n, sum(hashtext(m::text))::text AS hash FROM many m';
    expect(await sql('wide again', hash)).toEqual(await sql('wide', hash));
    await sql('postgres', 'DROP DATABASE wide');
    await sql('postgres', 'DROP DATABASE "wide again"');
  }, 120_000);

  it('encrypted, with the secret key alone', async () => {
    const identity = await generateIdentity();
    const backup = await backUp('Sh op', { jobs: 2, recipients: [await identityToRecipient(identity)] });
    for (const { name } of backup.manifest.objects) expect(readFileSync(join(root, 'store', backup.key, name)).subarray(0, 21).toString()).toBe('age-encryption.org/v1');
    await expect(restore(backup, 'no key')).rejects.toThrow('BACKUP_AGE_IDENTITY');
    await expect(restore(backup, 'other key', {}, [await generateIdentity()])).rejects.toThrow('not one that the backup is encrypted to');
    await restore(backup, 'decrypted', {}, [identity]);
    expect(textOf('decrypted')).toBe(textOf('Sh op'));
    expect(await databases()).not.toContain('no key');
  }, 60_000);

  it('encrypted, however small it is', async () => {
    const identity = await generateIdentity();
    const recipients = [await identityToRecipient(identity)];
    await sql('postgres', 'CREATE DATABASE tiny');
    await sql('tiny', 'CREATE TABLE t AS SELECT 1 AS a');
    for (const more of [{ jobs: 1 }, { jobs: 2 }, { jobs: 1, verify: false }, { jobs: 3, verify: false }, { dump: 'plain' }] as const) {
      const backup = await backUp('tiny', { recipients, ...more });
      expect(Math.min(...backup.manifest.objects.map(({ plainSize }) => plainSize))).toBeGreaterThan(0);
      await restore(backup, 'tiny again', {}, [identity]);
      expect(await sql('tiny again', 'SELECT a FROM t')).toEqual([{ a: 1 }]);
      await sql('postgres', 'DROP DATABASE "tiny again"');
    }
  }, 60_000);

  it('with the roles that a server lacks', async () => {
    const other = await startScratchServer({ major: 15 });
    try {
      const backup = await backUp('Sh op', { roles: 'with-passwords' });
      const source: BackupSource = { store, folder: `${backup.key}/`, manifest: backup.manifest, identities: [], signal };
      const settings: RestoreSettings = { source, target: { ...parseConnection(other.url, 'x'), database: 'app' }, jobs: 2, clean: false, confirm: async () => undefined, tables: [], schemaOnly: false, roles: true, withoutOwners: false, signal, say() {}, onTable() {} };
      expect((await restoreDatabase(settings)).roles.sort()).toEqual([...VARIED_ROLES]);
      const client = new Client({ connectionString: other.url.replace(/\/postgres$/, '/app') });
      await client.connect();
      const { rows } = await client.query("SELECT rolname, rolpassword LIKE 'SCRAM%' AS hashed, shobj_description(a.oid, 'pg_authid') AS comment, pg_has_role('vd_owner', 'vd_reader', 'member') AS member FROM pg_authid a WHERE rolname LIKE 'vd_%' ORDER BY 1");
      await client.end();
      expect(rows).toEqual([
        { rolname: 'vd_owner', hashed: true, comment: null, member: true },
        { rolname: 'vd_reader', hashed: null, comment: "reads; it's all\nit does", member: true },
      ]);
    } finally {
      await other.stop();
    }
  }, 60_000);
});

describe('a part of it', () => {
  it('is some tables', async () => {
    const backup = await backUp('Sh op', { jobs: 3 });
    await sql('postgres', 'CREATE DATABASE part');
    await sql('part', 'CREATE SCHEMA shop');
    await expect(restore(backup, 'part', { tables: ['shop.events_2024'] })).rejects.toThrow('not empty');
    await sql('part', 'DROP SCHEMA shop');
    await expect(restore(backup, 'part', { tables: ['child', 'nope'] })).rejects.toThrow(/^The backup .* has no table nope\. It has: .*public\.child/);
    for (const more of [backup, await backUp('Sh op', { jobs: 1 })]) {
      const { tables } = await restore(more, 'some', { tables: ['child', 'shop.customers', 'events', 'naïve "table"; DROP'] });
      expect(tables.map(({ name, ok }) => [name, ok]).sort()).toEqual([['child', true], ['customers', true], ['events later', true], ['events_2024', true], ['naïve "table"; DROP', true]]);
      expect(await sql('some', 'SELECT * FROM public.child')).toEqual([{ a: 1, b: 2 }]);
      expect(await sql('some', 'SELECT (SELECT count(*)::int FROM shop.orders) AS orders, (SELECT count(*)::int FROM shop.customers) AS customers, (SELECT count(*)::int FROM shop.events) AS events')).toEqual([{ orders: 0, customers: 500, events: 2000 }]);
      await sql('postgres', 'DROP DATABASE "some"');
    }
  }, 60_000);

  it('is the definitions', async () => {
    await restore(await backUp('Sh op', { jobs: 2 }), 'defined', { schemaOnly: true });
    expect(await sql('defined', 'SELECT count(*)::int AS n FROM shop.orders')).toEqual([{ n: 0 }]);
    expect(await sql('defined', "SELECT count(*)::int AS n FROM pg_indexes WHERE schemaname = 'shop'")).toEqual(await sql('Sh op', "SELECT count(*)::int AS n FROM pg_indexes WHERE schemaname = 'shop'"));
  }, 60_000);
});

describe('a database that is not empty', () => {
  beforeAll(async () => {
    await sql('postgres', 'CREATE DATABASE live OWNER vd_owner');
    await sql('live', "CREATE TABLE precious (a integer); INSERT INTO precious VALUES (1); ALTER DATABASE live SET statement_timeout = '7s'; GRANT CONNECT ON DATABASE live TO vd_reader; COMMENT ON DATABASE live IS 'it''s live'");
  });

  it('is not touched unless its name is given', async () => {
    const backup = await backUp('Sh op');
    const before = textOf('live');
    await expect(restore(backup, 'live')).rejects.toThrow('--clean');
    await expect(restore(backup, 'live', { clean: true })).rejects.toThrow('--yesOverwrite=live');
    await expect(restore(backup, 'live', { clean: true, confirm: async () => 'Live' })).rejects.toThrow('not Live');
    expect(textOf('live')).toBe(before);
  }, 60_000);

  it('stays usable when the restore fails half-way, and nothing else is left', async () => {
    const backup = await backUp('Sh op', { jobs: 2 });
    const [object] = backup.manifest.objects.filter(({ role }) => role === 'data');
    truncateSync(join(root, 'store', backup.key, object?.name ?? ''), Math.floor((object?.size ?? 0) / 2));
    const before = [textOf('live'), await databases()];
    await expect(restore(backup, 'live', { clean: true, confirm: async () => 'live' })).rejects.toThrow(object?.name);
    expect([textOf('live'), await databases()]).toEqual(before);
  }, 60_000);

  it('is replaced as a whole, with its owner, settings and rights, and kept under another name', async () => {
    const backup = await backUp('Sh op', { jobs: 2 });
    const before = textOf('live');
    const open = new Client({ connectionString: server.url.replace(/\/postgres$/, '/live') });
    open.on('error', () => undefined);
    await open.connect();
    const { keptAs } = await restore(backup, 'live', { clean: true, confirm: async () => 'live' });
    expect(textOf('live')).toBe(textOf('Sh op'));
    expect(textOf(keptAs ?? '')).toBe(before);
    expect(await sql('live', "SELECT pg_get_userbyid(datdba) AS owner, shobj_description(oid, 'pg_database') AS comment, has_database_privilege('vd_reader', oid, 'connect') AS may, current_setting('statement_timeout') AS timeout FROM pg_database WHERE datname = 'live'")).toEqual([{ owner: 'vd_owner', comment: "it's live", may: true, timeout: '7s' }]);
    await open.end().catch(() => undefined);
  }, 60_000);
});

describe('a role as managed servers give it: an owner, and no superuser', () => {
  const asOwner = (database: string): Connection => ({ ...connectionTo(database), user: 'own', password: 'own-password' });
  const restoreAs = (backup: FinishedBackup, database: string, more: Partial<RestoreSettings> = {}) => restore(backup, database, { target: asOwner(database), confirm: async () => database, ...more });

  beforeAll(async () => {
    await sql('postgres', "CREATE ROLE own LOGIN CREATEDB PASSWORD 'own-password'");
    // Limits for an app's queries, which a dump and a restore exceed.
    await sql('postgres', "ALTER ROLE own SET statement_timeout = '40ms'; ALTER ROLE own SET idle_session_timeout = '300ms'; ALTER ROLE own SET idle_in_transaction_session_timeout = '300ms'");
    await sql('postgres', 'CREATE DATABASE owned OWNER own');
    // An extension that only the provider may make, as it does in each new database.
    for (const database of ['template1', 'owned']) await sql(database, 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements; CREATE EXTENSION IF NOT EXISTS citext');
    await sql('owned', "SET ROLE own; CREATE TABLE t (i integer PRIMARY KEY, c citext, t text); INSERT INTO t SELECT i, 'C' || i, repeat(md5(i::text), 30) FROM generate_series(1, 8000) i; CREATE TABLE hidden (a integer); INSERT INTO hidden VALUES (1); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; ALTER TABLE hidden FORCE ROW LEVEL SECURITY");
    await sql('owned', "ALTER DATABASE owned SET log_min_duration_statement = 1000");
  }, 60_000);

  it('backs up and replaces its own database, and is told what it may not set', async () => {
    await sql('owned', 'ALTER TABLE hidden NO FORCE ROW LEVEL SECURITY');
    const backup = await backUp('owned', { connection: asOwner('owned'), jobs: 2 });
    await sql('owned', 'ALTER TABLE hidden FORCE ROW LEVEL SECURITY; DELETE FROM t');
    const said: string[] = [];
    const { keptAs, tables } = await restoreAs(backup, 'owned', { clean: true, say: (line) => said.push(line) });
    expect(keptAs).toMatch(/^owned_before_/);
    expect(tables.filter(({ ok }) => !ok)).toEqual([]);
    expect(await sql('owned', "SELECT (SELECT count(*)::int FROM t) AS n, (SELECT count(*)::int FROM t WHERE c = 'c7') AS found, (SELECT count(*)::int FROM pg_extension WHERE extname = 'pg_stat_statements') AS theirs")).toEqual([{ n: 8000, found: 1, theirs: 0 }]);
    expect(said.join('\n')).toContain('Warning: not set on owned_restoring');
    expect(said.join('\n')).toContain('Warning: without the extension pg_stat_statements, which own may not make here');
    expect(await databases()).not.toContainEqual(expect.stringContaining('restoring'));
  }, 60_000);
});

// Without a compression that has a checksum of its own, the hashes in the manifest are all that tells.
describe.each(['zstd', 'none'] as const)('a stored object that is not what was written, compressed by %s', (compression) => {
  let backup: FinishedBackup;
  beforeAll(async () => {
    await sql('postgres', `CREATE DATABASE small_${compression}`);
    await sql(`small_${compression}`, 'CREATE TABLE a (i integer PRIMARY KEY, t text); INSERT INTO a SELECT i, md5(i::text) FROM generate_series(1, 3000) i; CREATE TABLE b AS SELECT * FROM a');
    backup = await backUp(`small_${compression}`, { jobs: 2, compression });
  }, 60_000);
  const fileOf = (name: string): string => join(root, 'store', backup.key, name);
  async function whileChanged(path: string, change: () => void): Promise<void> {
    copyFileSync(path, `${root}/kept`);
    try {
      change();
      await expect(restore(backup, 'damaged', { roles: true })).rejects.toThrow(new RegExp(`${path.split('/').at(-1)}.*(damaged|missing)`));
    } finally {
      copyFileSync(`${root}/kept`, path);
    }
  }

  it('is refused and named, wherever a bit flips', async () => {
    const objects = backup.manifest.objects.map(({ name, size }) => ({ name, size }));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...objects), fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 7 }), async ({ name, size }, where, bit) => {
        const at = Math.min(size - 1, Math.floor(where * size));
        await whileChanged(fileOf(name), () => {
          const bytes = readFileSync(fileOf(name));
          bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
          writeFileSync(fileOf(name), bytes);
        });
      }),
      { numRuns: 15 },
    );
    expect(await databases()).not.toContain('damaged');
  }, 120_000);

  it('is refused when it is shorter, longer, gone, or another one', async () => {
    for (const { name } of backup.manifest.objects) {
      await whileChanged(fileOf(name), () => truncateSync(fileOf(name), statSync(fileOf(name)).size - 1));
      await whileChanged(fileOf(name), () => writeFileSync(fileOf(name), Buffer.concat([readFileSync(fileOf(name)), Buffer.from([0])])));
      await whileChanged(fileOf(name), () => unlinkSync(fileOf(name)));
      const other = readdirSync(join(root, 'store', backup.key)).find((one) => one !== name && one !== 'manifest.json');
      await whileChanged(fileOf(name), () => copyFileSync(fileOf(other ?? ''), fileOf(name)));
    }
  }, 120_000);
});
