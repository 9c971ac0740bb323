import type { BackedUpTable } from '../manifest';
import { inFixedSession, quoted, readSamples, type Queryable, type TableName } from './samples';

export { readSamples, sampleOf, type TableName } from './samples';

/** What is known of a table without reading it. */
export interface TableFacts extends TableName {
  /** Bytes on the server's disk, without indexes, with what is stored out of line. */
  bytes: number;
  /** The planner's: density at the last ANALYZE, times today's pages; -1 for a table that was never analyzed. */
  estimatedRows: number;
  /** The tables that it is a partition of, as `schema.name`, the nearest first; none for an ordinary one. */
  partitionOf?: string[];
}

export interface Tables {
  tables: TableFacts[];
  /** Those whose rows the role may not see, all of them at least. */
  unreadable: TableName[];
}

/** All tables that hold rows of the user's: partitions, not their parents; no system, temporary or extension's table. In the order of their names. */
export async function readTables(client: Queryable): Promise<Tables> {
  const { rows } = await inFixedSession(client, () => client.query<{ schema: string; name: string; bytes: string | null; estimate: number; readable: boolean; ancestors: string[] | null }>(TABLES));
  // A table that is being dropped has no size.
  const there = rows.filter(({ bytes }) => bytes !== null);
  return {
    tables: there.filter(({ readable }) => readable).map(({ schema, name, bytes, estimate, ancestors }) => ({ schema, name, bytes: Number(bytes), estimatedRows: Math.round(estimate), ...(ancestors && { partitionOf: ancestors }) })),
    unreadable: there.filter(({ readable }) => !readable).map(({ schema, name }) => ({ schema, name })),
  };
}

const TABLES = `
  select n.nspname as schema, c.relname as name, pg_table_size(c.oid) as bytes,
    case
      when pg_relation_size(c.oid) = 0 then 0
      when c.reltuples < 0 or c.relpages = 0 then -1
      else c.reltuples::float8 / c.relpages * (pg_relation_size(c.oid) / current_setting('block_size')::int)
    end as estimate,
    has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT')
      and not (c.relrowsecurity and row_security_active(c.oid))
      and not (c.relpersistence = 'u' and pg_is_in_recovery()) as readable,
    case when c.relispartition then array(
      select an.nspname || '.' || ac.relname from pg_partition_ancestors(c.oid) with ordinality a (oid, level)
      join pg_class ac on ac.oid = a.oid join pg_namespace an on an.oid = ac.relnamespace where a.oid <> c.oid order by a.level) end as ancestors
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  order by n.nspname collate "C", c.relname collate "C"`;

const MAX_COUNTED_BYTES = 2 ** 30;
const MAX_COUNTED_IN_ALL = 8 * 2 ** 30;
const PER_QUERY = 50;

/** Counts the rows of the tables that are no larger than `maxBytes`, the smallest first until `maxTotalBytes` are read. In the order given; undefined where not counted. */
export async function countSmall(client: Queryable, tables: readonly (TableName & { bytes: number })[], { maxBytes = MAX_COUNTED_BYTES, maxTotalBytes = MAX_COUNTED_IN_ALL } = {}): Promise<(number | undefined)[]> {
  const counts: (number | undefined)[] = tables.map(() => undefined);
  let left = maxTotalBytes;
  const chosen = tables
    .map((table, index) => ({ table, index }))
    .sort((a, b) => a.table.bytes - b.table.bytes)
    .filter(({ table }) => table.bytes <= maxBytes && (left -= table.bytes) >= 0);
  await inFixedSession(client, async () => {
    for (let from = 0; from < chosen.length; from += PER_QUERY) {
      const query = chosen.slice(from, from + PER_QUERY).map(({ table, index }) => `select ${index} as index, count(*) as rows from only ${quoted(table)}`);
      for (const { index, rows } of (await client.query<{ index: number; rows: string }>(query.join(' union all '))).rows) counts[index] = Number(rows);
    }
  });
  return counts;
}

/** A table of a backup beside the one of a database. */
export interface ComparedTable extends TableName {
  /** Rows; null when nobody knows, or the table is not in the backup. */
  expected: number | null;
  /** Rows; null when the table is not in the database, or its rows cannot be known. */
  actual: number | null;
  /** `none` when the backup has no hash of its rows. */
  sample: 'same' | 'differs' | 'none';
  ok: boolean;
  /** What is wrong. */
  why?: string;
}

/** Rows from which on a table that is estimated to have them is not empty. After a mass deletion an estimate is far off. */
const SURELY_SOME = 1000;

/**
 * Compares a backup's tables with a database's: rows exactly where they were counted, else by estimate, for which those
 * tables are analyzed; and the hash of the first and last rows. A table that is missing is named; one of which the backup says nothing (its rows could not be read) is a note.
 */
export async function compareTables(expected: readonly BackedUpTable[], client: Queryable): Promise<ComparedTable[]> {
  const before = await readTables(client);
  const present = new Map(before.tables.map((table) => [quoted(table), table]));
  const hidden = new Set(before.unreadable.map(quoted));
  const known = new Set(expected.map(quoted));
  const pairs = expected.map((table) => ({ table, facts: present.get(quoted(table)) }));

  const counted = pairs.flatMap(({ table, facts }) => (facts && table.rows !== undefined ? [facts] : []));
  const counts = await byTable(counted, countSmall(client, counted, { maxBytes: Infinity, maxTotalBytes: Infinity }));
  const sampled = pairs.flatMap(({ table, facts }) => (facts && table.sample !== undefined ? [facts] : []));
  const samples = await byTable(sampled, readSamples(client, sampled, { maxSortedBytes: Infinity }));
  const estimated = pairs.flatMap(({ table, facts }) => (facts && table.rows === undefined ? [facts] : []));
  if (estimated.length > 0) await inFixedSession(client, () => client.query(`analyze ${estimated.map(quoted).join(', ')}`));
  const estimates = new Map((estimated.length > 0 ? (await readTables(client)).tables : []).map((table) => [quoted(table), table.estimatedRows]));

  const compared = pairs.map(({ table, facts }): ComparedTable => {
    const { schema, name } = table;
    const rows = table.rows ?? orNull(table.estimatedRows);
    const none = { schema, name, expected: rows, actual: null, sample: 'none' as const, ok: false };
    // What cannot be looked at is not wrong for that.
    if (!facts && hidden.has(quoted(table))) return { ...none, ok: true, why: 'not compared: the role may not read it' };
    if (!facts) return { ...none, why: 'it is missing' };
    const actual = table.rows === undefined ? orNull(estimates.get(quoted(table)) ?? -1) : (counts.get(quoted(table)) ?? null);
    const sample = table.sample === undefined ? 'none' : samples.get(quoted(table)) === table.sample ? 'same' : 'differs';
    const why = [rowsComplaint(table, rows, actual), sample === 'differs' && 'its first or last rows are not those of the backup'].filter(Boolean).join('; ');
    return { schema, name, expected: rows, actual, sample, ok: why === '', ...(why && { why }) };
  });
  const extra = [...before.tables, ...before.unreadable].filter((table) => !known.has(quoted(table)));
  return [...compared, ...extra.map(({ schema, name }): ComparedTable => ({ schema, name, expected: null, actual: null, sample: 'none', ok: true, why: 'the backup says nothing of its rows' }))];
}

function orNull(rows: number): number | null {
  return rows < 0 ? null : rows;
}

async function byTable<Value>(tables: readonly TableName[], values: Promise<readonly Value[]>): Promise<Map<string, Value>> {
  const all = await values;
  return new Map(tables.map((table, index) => [quoted(table), all[index] as Value]));
}

function rowsComplaint(table: BackedUpTable, expected: number | null, actual: number | null): string | undefined {
  if (table.rows !== undefined) return actual === table.rows ? undefined : `it has ${actual} rows, and the backup ${table.rows}`;
  // An estimate is no proof: only that rows are there is.
  if (actual === null) return undefined;
  // Nothing is known of it but its size.
  if (expected === null) return actual === 0 && table.bytes > 0 ? `it is empty, and had ${table.bytes} bytes` : undefined;
  return actual === 0 && expected > SURELY_SOME ? `it is empty, and the backup has about ${expected} rows` : undefined;
}

/** A server and one of its databases. */
export interface ServerFacts {
  /** As in `15.18`. */
  version: string;
  major: number;
  encoding: string;
  collate: string;
  ctype: string;
  /** Whose collations the database has: `libc`, `icu` or `builtin`. */
  localeProvider: string;
  /** Of the provider, where it is not libc. */
  locale: string | null;
  /** Bytes, with indexes. */
  databaseSize: number;
  /** Position in the write-ahead log, on a standby that of the replay; null where the role or the service does not tell. */
  lsn: string | null;
  /** Names. */
  extensions: string[];
  /** When the transaction began, by the server's clock; ISO 8601. */
  now: string;
}

// A service may refuse the function although the role may call it. An error in a block of its own leaves the transaction whole.
const READ_LSN = `
  do $$ begin
    perform set_config('nx_harden.lsn', (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end)::text, false);
  exception when others then
    perform set_config('nx_harden.lsn', '', false);
  end $$`;

/** What is known of the server and of the database that the client is connected to. */
export async function describeServer(client: Queryable): Promise<ServerFacts> {
  await client.query(READ_LSN);
  const { rows } = await client.query<Omit<ServerFacts, 'databaseSize'> & { databaseSize: string }>(`
    select split_part(current_setting('server_version'), ' ', 1) as version, current_setting('server_version_num')::int / 10000 as major,
      pg_encoding_to_char(d.encoding) as encoding, d.datcollate as collate, d.datctype as ctype,
      case to_jsonb(d) ->> 'datlocprovider' when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end as "localeProvider",
      coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') as locale, pg_database_size(d.oid) as "databaseSize",
      nullif(current_setting('nx_harden.lsn'), '') as lsn,
      array(select extname::text from pg_extension order by extname collate "C") as extensions,
      to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now
    from pg_database d where d.datname = current_database()`);
  const facts = rows[0]!;
  return { ...facts, databaseSize: Number(facts.databaseSize) };
}
