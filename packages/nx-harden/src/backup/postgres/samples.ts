import type { ClientBase } from 'pg';

export type Queryable = Pick<ClientBase, 'query'>;

export interface TableName {
  schema: string;
  name: string;
}

interface Sized extends TableName {
  /** Bytes on the server's disk; 0 when unknown. */
  bytes: number;
}

/** What hangs on a session and shows in the text of a value, or in whether all rows are seen. */
const SESSION: Record<string, string> = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  extra_float_digits: '3',
  bytea_output: 'hex',
  lc_monetary: 'C',
  search_path: '',
  // A policy that hides rows is an error then, as it is to pg_dump.
  row_security: 'off',
  statement_timeout: '0',
  jit: 'off',
};

/** Runs queries under the settings by which equal rows have equal text on every server, and puts the session back as it was. */
export async function inFixedSession<Result>(client: Queryable, work: () => Promise<Result>): Promise<Result> {
  const names = Object.keys(SESSION);
  const { rows } = await client.query<string[]>({
    text: `with before as materialized (select ${names.map((name) => `current_setting('${name}')`).join(', ')}) select before.*, ${names.map((name) => `set_config('${name}', '${SESSION[name]}', false)`).join(', ')} from before`,
    rowMode: 'array',
  } as never);
  try {
    return await work();
  } finally {
    const back = names.map((name, index) => `set_config('${name}', $${index + 1}, false)`);
    // In a transaction that has failed nothing can be set, and its rollback does the same.
    await client.query(`select ${back.join(', ')}`, rows[0]!.slice(0, names.length)).catch(() => undefined);
  }
}

export function quoted({ schema, name }: TableName): string {
  return `${identifier(schema)}.${identifier(name)}`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const ROWS = 50;
const PREFIX = 65_536;
/** A table whose key's index is in another order than ours is sorted; up to this size that takes a moment. */
const MAX_SORTED_BYTES = 64 * 2 ** 20;
const PER_QUERY = 25;

interface Column {
  name: string;
  /** Without its domain. */
  type: string;
  isEnum: boolean;
  /** Compared byte by byte where it is text. */
  isBytewise: boolean;
  /** Its place in the primary key, from 1; null when it is not in it. */
  keyPosition: number | null;
}

const COLUMNS = `
  with recursive wanted as (
    select c.oid from unnest($1::text[], $2::text[]) as w(schema, name)
      join pg_namespace ns on ns.nspname = w.schema join pg_class c on c.relnamespace = ns.oid and c.relname = w.name
  ), base as (
    select oid, oid as base, typtype, typbasetype from pg_type
    union all
    select b.oid, t.oid, t.typtype, t.typbasetype from base b join pg_type t on t.oid = b.typbasetype where b.typtype = 'd'
  )
  select ns.nspname as schema, c.relname as table, a.attname as name, t.typname as type, t.typtype = 'e' as "isEnum",
    coalesce(case when co.oid = 100 then d.datcollate in ('C', 'POSIX') and coalesce(to_jsonb(d)->>'datlocprovider', 'c') = 'c'
      else co.collcollate in ('C', 'POSIX') end, false) as "isBytewise",
    (select k.position from pg_index i, unnest(i.indkey::int2[]) with ordinality as k(attnum, position)
      where i.indrelid = c.oid and i.indisprimary and i.indisvalid and k.attnum = a.attnum and k.position <= i.indnkeyatts)::int as "keyPosition"
  from wanted w join pg_class c on c.oid = w.oid join pg_namespace ns on ns.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated <> 'v'
    join base b on b.oid = a.atttypid and b.typtype <> 'd' join pg_type t on t.oid = b.base
    left join pg_collation co on co.oid = a.attcollation
    cross join (select * from pg_database where datname = current_database()) d
  order by a.attname collate "C"`;

/**
 * For each table a hash, SHA-256 in hexadecimal, of its first and its last 50 rows by primary key; undefined without one.
 * It is the same on every server that holds the same rows. Where no index has the rows in an order that all servers agree on
 * (text, mostly), a table of more than `maxSortedBytes` gets none. Long texts and byte strings count by their beginning.
 */
export async function readSamples(client: Queryable, tables: readonly Sized[], { maxSortedBytes = MAX_SORTED_BYTES } = {}): Promise<(string | undefined)[]> {
  return tables.length === 0 ? [] : inFixedSession(client, () => samplesOf(client, tables, maxSortedBytes));
}

async function samplesOf(client: Queryable, tables: readonly Sized[], maxSortedBytes: number): Promise<(string | undefined)[]> {
  const { rows } = await client.query<Column & { schema: string; table: string }>(COLUMNS, [tables.map((table) => table.schema), tables.map((table) => table.name)]);
  const columns = new Map<string, Column[]>();
  for (const row of rows) {
    const table = quoted({ schema: row.schema, name: row.table });
    columns.set(table, [...(columns.get(table) ?? []), row]);
  }
  const encoding = (await client.query<{ encoding: string }>("select current_setting('server_encoding') as encoding")).rows[0]!.encoding;
  const samples: (string | undefined)[] = tables.map(() => undefined);
  const queries = tables.flatMap((table, index) => {
    const sql = sampleQuery(table, columns.get(quoted(table)) ?? [], encoding, maxSortedBytes);
    return sql ? [{ index, sql }] : [];
  });
  for (let from = 0; from < queries.length; from += PER_QUERY) {
    const some = queries.slice(from, from + PER_QUERY);
    const { rows: found } = await client.query<(string | null)[]>({ text: `select ${some.map(({ sql }) => sql).join(',\n')}`, rowMode: 'array' } as never);
    some.forEach(({ index }, place) => (samples[index] = found[0]?.[place] ?? undefined));
  }
  return samples;
}

/** {@link readSamples} of one table; `bytes` may be left out for one that is known to be small. */
export async function sampleOf(client: Queryable, table: TableName & { bytes?: number }): Promise<string | undefined> {
  return (await readSamples(client, [{ bytes: 0, ...table }]))[0];
}

function sampleQuery(table: Sized, columns: readonly Column[], encoding: string, maxSortedBytes: number): string | undefined {
  const key = columns.filter((column) => column.keyPosition !== null).sort((a, b) => a.keyPosition! - b.keyPosition!);
  if (key.length === 0) return undefined;
  const order = key.map(ordering);
  if (order.some(({ isIndexed }) => !isIndexed) && table.bytes > maxSortedBytes) return undefined;
  // Bytes in one encoding; what SQL_ASCII holds has none, and is taken as it is.
  const hash = `encode(sha256(convert_to(row(${columns.map(value).join(', ')})::text, '${encoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8'}')), 'hex')`;
  // The rows are chosen first, so that only theirs is made into text. A parent by inheritance holds its own alone.
  const end = (direction: 'asc' | 'desc'): string => `array(select ${hash} from (select * from only ${quoted(table)} order by ${order.map(({ sql }) => `${sql} ${direction}`).join(', ')} limit ${ROWS}) t)`;
  return `encode(sha256(convert_to(array_to_string(${end('asc')} || ${end('desc')}, ','), 'UTF8')), 'hex')`;
}

const TEXT = new Set(['text', 'varchar', 'bpchar', 'name']);
/** Types whose order is the same on every server; that of text hangs on the collation, and that of what has text in it too. */
const ORDERED = new Set('int2 int4 int8 numeric float4 float8 money bool date time timetz timestamp timestamptz interval uuid bytea oid inet cidr macaddr macaddr8 bit varbit pg_lsn char'.split(' '));

function ordering({ name, type, isEnum, isBytewise }: Column): { sql: string; isIndexed: boolean } {
  const column = identifier(name);
  if (ORDERED.has(type) || isEnum || (TEXT.has(type) && isBytewise)) return { sql: column, isIndexed: true };
  return { sql: `${TEXT.has(type) ? column : `${column}::text`} collate "C"`, isIndexed: false };
}

function value({ name, type }: Column): string {
  const column = `t.${identifier(name)}`;
  if (TEXT.has(type)) return `left(${column}::text, ${PREFIX})`;
  if (type === 'bytea') return `octet_length(${column}), substr(${column}, 1, ${PREFIX})`;
  return column;
}
