import { execFileSync } from 'node:child_process';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BackedUpTable } from '../manifest';
import { findPgPrograms } from './pg-programs';
import { startScratchServer, type ScratchServer } from './scratch-server';
import { compareTables, countSmall, describeServer, readSamples, readTables, sampleOf } from './table-facts';

const MAJOR = 15;
const clients = findPgPrograms(MAJOR);
let server: ScratchServer;
const open: Client[] = [];

beforeAll(async () => {
  server = await startScratchServer({ major: MAJOR });
  const client = await connect('postgres');
  await client.query(`create database source template template0 lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`);
  const source = await connect('source');
  await source.query("create type mood as enum ('sad', 'ok', 'happy')");
  // Its labels are no longer in the order in which they were made.
  await source.query("alter type mood add value 'angry' before 'sad'");
  await source.query(SCHEMA);
  await closeAll();
}, 120_000);
afterEach(closeAll);
afterAll(async () => {
  await closeAll();
  await server?.stop();
});

async function connect(database: string, user?: string): Promise<Client> {
  const url = new URL(server.url);
  url.pathname = database;
  if (user) [url.username, url.password] = [user, user];
  const client = new Client({ connectionString: url.href });
  await client.connect();
  open.push(client);
  return client;
}

async function closeAll(): Promise<void> {
  for (const client of open.splice(0)) await client.end();
}

/** Every kind of table. */
const SCHEMA = `
  create schema "Ünïcode ""schema""";
  create domain slug as text check (value <> '');
  create table numbers (id int primary key, small numeric, ratio float8, price money, at timestamptz default '2026-03-29 01:30:00.123456+00', span interval default '1 mon 2 days 03:04:05', gone text);
  insert into numbers select i, i / 3.0, i / 7.0, i from generate_series(1, 1000) i;
  alter table numbers drop column gone;
  alter table numbers add column late text default 'later';
  create table "Ünïcode ""schema"""."a ""quoted"" täble; drop" ("key ""x""" uuid primary key, "värde" text);
  insert into "Ünïcode ""schema"""."a ""quoted"" täble; drop" select md5(i::text)::uuid, 'värde ' || i from generate_series(1, 300) i;
  create table generated (id int primary key, twice int generated always as (id * 2) stored, no bigint generated always as identity);
  insert into generated (id) select generate_series(1, 120);
  create table documents (id bigserial primary key, body jsonb, raw json, file bytea, tags text[], grid int[][], state mood, t tsvector, r int4range);
  insert into documents (body, raw, file, tags, grid, state, t, r)
    select jsonb_build_object('n', i, 'ö', array[i, null]), '{"b":1, "a": 2}', decode(md5(i::text), 'hex'), array['x', null, 'ü"' || i], array[[i, 2], [3, 4]], 'angry', to_tsvector('simple', 'a b ' || i), int4range(i, i + 2)
    from generate_series(1, 200) i;
  create table empty (id int primary key, x text);
  create table keyless (x int);
  insert into keyless select generate_series(1, 77);
  create table composite (a int, b text, c date, primary key (b, a) include (c));
  insert into composite select i % 17, 'b' || i, '2024-02-29' from generate_series(1, 400) i;
  create table texts (id varchar(40) primary key, x int);
  insert into texts select chr(60 + i % 60) || 'é' || i, i from generate_series(1, 300) i;
  create table english (id text collate "C" primary key, x int);
  insert into english select chr(60 + i % 60) || i, i from generate_series(1, 300) i;
  create table slugs (id slug primary key);
  insert into slugs select 'Slug-' || i from generate_series(1, 150) i;
  create table moods (state mood primary key);
  insert into moods values ('happy'), ('sad'), ('angry');
  create table odd (k text[] primary key, r int4range);
  insert into odd select array['k' || i], int4range(i, null) from generate_series(1, 130) i;
  create table events (id int, day date, note text, primary key (id, day)) partition by range (day);
  create table events_1 partition of events for values from ('2026-01-01') to ('2026-02-01');
  create table events_2 partition of events default;
  insert into events select i, date '2026-01-01' + i % 60, 'note ' || i from generate_series(1, 500) i;
  create table parent (id int primary key, x text);
  create table child (id int primary key, y text) inherits (parent);
  insert into parent values (1, 'p'), (2, 'p');
  insert into child values (3, 'c', 'y');
  create unlogged table unlogged (id int primary key);
  insert into unlogged values (1);
  create table large_values (id int primary key, doc text, file bytea);
  insert into large_values values (1, repeat('ü', 3000000), decode(repeat('ab', 3000000), 'hex')), (2, null, ''), (3, '', null);
  create materialized view mv as select * from numbers;
  create view v as select * from numbers;
  create role reader login password 'reader';
  analyze`;

async function backedUp(client: Client): Promise<BackedUpTable[]> {
  const { tables } = await readTables(client);
  const rows = await countSmall(client, tables);
  const samples = await readSamples(client, tables);
  return tables.map((table, index) => ({ ...table, rows: rows[index], sample: samples[index], object: 'dump.dump.zst' }));
}

const env = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], PGHOST: server.host, PGPORT: String(server.port), PGUSER: server.user, PGPASSWORD: server.password });

/** A new database with what a dump of another one holds. */
async function restored(name: string, options = "lc_collate 'C' lc_ctype 'C'", from = 'source'): Promise<Client> {
  await (await connect('postgres')).query(`create database ${name} template template0 ${options}`);
  const run = (program: 'pg_dump' | 'pg_restore', given: string[], input?: Buffer): Buffer => {
    const { file, args } = clients.command(program);
    return execFileSync(file, [...args, ...given], { env: env(), input, maxBuffer: 2 ** 28 });
  };
  run('pg_restore', ['-d', name, '--exit-on-error'], run('pg_dump', ['-Fc', '-Z0', from]));
  return connect(name);
}

describe('the tables of a database', () => {
  it('are those that hold rows of the user', async () => {
    const source = await connect('source');
    await source.query('create temp table passing (id int)');
    const { tables, unreadable } = await readTables(source);
    expect(tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
      ...['child', 'composite', 'documents', 'empty', 'english', 'events_1', 'events_2', 'generated', 'keyless', 'large_values', 'moods', 'numbers', 'odd', 'parent', 'slugs', 'texts', 'unlogged'].map((name) => `public.${name}`),
      'Ünïcode "schema".a "quoted" täble; drop',
    ]);
    expect(unreadable).toEqual([]);
    expect(tables.find(({ name }) => name === 'numbers')).toMatchObject({ estimatedRows: 1000, bytes: expect.any(Number) });
    expect(tables.find(({ name }) => name === 'empty')).toMatchObject({ estimatedRows: 0 });
    // Its bytes lie out of line.
    expect(tables.find(({ name }) => name === 'large_values')!.bytes).toBeGreaterThan(50_000);
  });

  it('are estimated as they are now, not as they were when they were analyzed', async () => {
    const client = await restored('grown');
    await client.query('analyze; insert into numbers select i, 1, 1, 1 from generate_series(1001, 9000) i; create table fresh as select generate_series(1, 500)');
    const { tables } = await readTables(client);
    const estimate = (name: string): number => tables.find((table) => table.name === name)!.estimatedRows;
    expect(estimate('numbers')).toBeGreaterThan(7000);
    expect(estimate('numbers')).toBeLessThan(10_000);
    expect(estimate('fresh')).toBe(-1);
  });

  it('are left out and named where the role may not read all of their rows', async () => {
    const client = await restored('guarded');
    await client.query('grant select on numbers, parent to reader; alter table parent enable row level security; alter table child enable row level security');
    const { tables, unreadable } = await readTables(await connect('guarded', 'reader'));
    expect(tables.map(({ name }) => name)).toEqual(['numbers']);
    expect(unreadable.map(({ name }) => name)).toContain('parent');
    expect(unreadable).toContainEqual({ schema: 'Ünïcode "schema"', name: 'a "quoted" täble; drop' });
  });

  it('are counted where they are small', async () => {
    const source = await connect('source');
    const { tables } = await readTables(source);
    const counts = await countSmall(source, tables);
    const rows = (name: string): number | undefined => counts[tables.findIndex((table) => table.name === name)];
    expect([rows('numbers'), rows('empty'), rows('keyless'), rows('a "quoted" täble; drop')]).toEqual([1000, 0, 77, 300]);
    // Its child's rows are the child's.
    expect([rows('parent'), rows('child')]).toEqual([2, 1]);
    expect(rows('events_1')! + rows('events_2')!).toBe(500);
    const large = tables.findIndex((table) => table.name === 'large_values');
    const few = await countSmall(source, tables, { maxBytes: tables[large]!.bytes - 1 });
    expect(few.flatMap((count, index) => (count === undefined ? [index] : []))).toContain(large);
    expect(few[0]).toBe(1);
    // The smallest come first: the four of least bytes fit, and no fifth.
    const least = tables.map(({ bytes }) => bytes).sort((a, b) => a - b);
    const budget = least.slice(0, 4).reduce((sum, bytes) => sum + bytes);
    expect((await countSmall(source, tables, { maxTotalBytes: budget })).filter((count) => count !== undefined)).toHaveLength(4);
  });
});

describe('samples', () => {
  it('hash the first and the last rows by primary key', async () => {
    const client = await restored('sampled');
    const sample = () => sampleOf(client, { schema: 'public', name: 'numbers' });
    const first = await sample();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    await client.query('update numbers set ratio = 0 where id in (51, 950)');
    expect(await sample()).toBe(first);
    for (const id of [1, 50, 951, 1000]) {
      await client.query('begin');
      await client.query('update numbers set ratio = ratio + 1e-12 where id = $1', [id]);
      expect(await sample()).not.toBe(first);
      await client.query('rollback');
    }
    expect(await sampleOf(client, { schema: 'public', name: 'keyless' })).toBeUndefined();
    expect(await sampleOf(client, { schema: 'public', name: 'no such table' })).toBeUndefined();
  });

  it("do not hold the rows of a table's children", async () => {
    const client = await connect('source');
    const sample = () => sampleOf(client, { schema: 'public', name: 'parent' });
    const first = await sample();
    await client.query('begin; insert into child values (9)');
    expect(await sample()).toBe(first);
    await client.query('insert into parent values (9)');
    expect(await sample()).not.toBe(first);
    await client.query('rollback');
  });

  it('are not those of a session', async () => {
    const client = await connect('source');
    const table = { schema: 'public', name: 'numbers' };
    const first = await sampleOf(client, table);
    await client.query("set datestyle = german; set timezone = 'Asia/Tokyo'; set extra_float_digits = -3; set intervalstyle = iso_8601; set search_path = public; set bytea_output = escape");
    expect(await sampleOf(client, table)).toBe(first);
    // It is left as it was.
    const { rows } = await client.query({ text: "select current_setting('datestyle'), current_setting('timezone'), current_setting('search_path')", rowMode: 'array' });
    expect(rows).toEqual([['German, DMY', 'Asia/Tokyo', 'public']]);
  });

  it('tell null from empty, and a long value by its length and beginning', async () => {
    const client = await restored('long');
    const sample = () => sampleOf(client, { schema: 'public', name: 'large_values' });
    const first = await sample();
    for (const change of ["doc = '' where id = 2", 'doc = null where id = 3', "file = file || 'x' where id = 1", "doc = 'x' || doc where id = 1"]) {
      await client.query('begin');
      await client.query(`update large_values set ${change}`);
      expect(await sample(), change).not.toBe(first);
      await client.query('rollback');
    }
  });

  it('are left out for a large table whose order hangs on the collation, and cost little for any', async () => {
    const client = await connect('source');
    await client.query(`create table many (id bigint primary key, x text); insert into many select i, 'x' from generate_series(1, 300000) i;
      create table many_texts (id text primary key); insert into many_texts select md5(i::text) from generate_series(1, 20) i;
      create table many_bytewise (id text collate "C" primary key); insert into many_bytewise select md5(i::text) from generate_series(1, 20) i`);
    const [many, texts, bytewise] = ['many', 'many_texts', 'many_bytewise'].map((name) => ({ schema: 'public', name, bytes: 2 ** 30 }));
    const scans = async () => {
      await client.query('select pg_stat_force_next_flush()');
      const { rows } = await client.query("select seq_scan::int, idx_tup_read::int from pg_stat_user_tables t join pg_stat_user_indexes i using (relid) where t.relname = 'many'");
      return rows[0] as { seq_scan: number; idx_tup_read: number };
    };
    const before = await scans();
    const samples = await readSamples(client, [many!, texts!, bytewise!]);
    expect(samples.map((sample) => sample !== undefined)).toEqual([true, false, true]);
    // The rows of `many` came by its index, 50 from each end.
    const after = await scans();
    expect(after).toEqual({ seq_scan: before.seq_scan, idx_tup_read: before.idx_tup_read + 100 });
    await client.query('drop table many, many_texts, many_bytewise');
  });
});

describe('a restored database', () => {
  it.each([
    ['C', "lc_collate 'C' lc_ctype 'C'"],
    ['C.UTF-8', "lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"],
    ['of ICU', "locale_provider icu icu_locale 'sv'"],
  ])('has the tables of the dumped one, in the collation %s', async (name, options) => {
    const expected = await backedUp(await connect('source'));
    expect(expected).toHaveLength(18);
    const compared = await compareTables(expected, await restored(`same_${name.replace(/\W/g, '').toLowerCase()}`, options));
    expect(compared.filter(({ ok }) => !ok)).toEqual([]);
    expect(compared.map(({ sample }) => sample).filter((sample) => sample !== 'same')).toEqual(['none']);
    expect(compared.find((table) => table.name === 'numbers')).toEqual({ schema: 'public', name: 'numbers', expected: 1000, actual: 1000, sample: 'same', ok: true });
  });

  it('is told from another by name and reason', async () => {
    const expected = await backedUp(await connect('source'));
    const client = await restored('other');
    await client.query(`delete from keyless where x = 5; delete from numbers where id = 500; update documents set body = body || '{"n": 0}' where id = 200;
      drop table slugs; create table added (id int); delete from composite where b = 'b1'; alter table texts drop constraint texts_pkey`);
    const wrong = (await compareTables(expected, client)).filter(({ ok }) => !ok);
    expect(Object.fromEntries(wrong.map(({ name, why }) => [name, why]))).toEqual({
      keyless: 'it has 76 rows, and the backup 77',
      numbers: 'it has 999 rows, and the backup 1000',
      documents: 'its first or last rows are not those of the backup',
      slugs: 'it is missing',
      composite: 'it has 399 rows, and the backup 400; its first or last rows are not those of the backup',
      texts: 'its first or last rows are not those of the backup',
    });
    expect((await compareTables(expected, client)).find(({ name }) => name === 'added')).toMatchObject({ expected: null, ok: true, why: 'the backup says nothing of its rows' });
    expect(wrong.find(({ name }) => name === 'documents')).toMatchObject({ expected: 200, actual: 200, sample: 'differs' });
  });

  it('is compared by estimate where the rows were not counted', async () => {
    const client = await restored('estimated');
    await client.query('create table big as select i from generate_series(1, 30000) i');
    const table = (estimatedRows: number, name = 'big'): BackedUpTable => ({ schema: 'public', name, bytes: 1000, estimatedRows, object: 'x' });
    const compare = async (one: BackedUpTable) => (await compareTables([one], client))[0]!;
    expect(await compare(table(30_000))).toEqual({ schema: 'public', name: 'big', expected: 30_000, actual: 30_000, sample: 'none', ok: true });
    // Of a table that was emptied by half and not analyzed since, the estimate is wrong, and the backup is good.
    expect(await compare(table(110_000))).toMatchObject({ expected: 110_000, actual: 30_000, ok: true });
    expect(await compare(table(40_000, 'empty'))).toMatchObject({ ok: false, why: 'it is empty, and the backup has about 40000 rows' });
    expect(await compare(table(-1))).toMatchObject({ expected: null, actual: 30_000, ok: true });
    expect(await compare(table(-1, 'empty'))).toMatchObject({ ok: false, why: 'it is empty, and had 1000 bytes' });
  });
});

describe('a server', () => {
  it('is described', async () => {
    const client = await connect('source');
    const facts = await describeServer(client);
    expect(facts).toEqual({
      version: expect.stringMatching(/^15\.\d+$/), major: 15, encoding: 'UTF8', collate: 'C.UTF-8', ctype: 'C.UTF-8', localeProvider: 'libc', locale: null,
      databaseSize: expect.any(Number), lsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/), extensions: ['plpgsql'],
      now: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(Math.abs(Date.now() - Date.parse(facts.now))).toBeLessThan(60_000);
    expect(facts.databaseSize).toBeGreaterThan(5_000_000);
  });

  it('keeps its position to itself where the role may not know it, in a transaction that goes on', async () => {
    await (await connect('source')).query('revoke execute on function pg_current_wal_lsn() from public');
    const client = await connect('source', 'reader');
    await client.query('begin isolation level repeatable read read only');
    expect((await describeServer(client)).lsn).toBeNull();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.query('commit');
  });
});
