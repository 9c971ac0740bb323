/** A table as far as sharding needs it. `bytes` is its size on disk. */
export interface SizedTable {
  schema: string;
  name: string;
  bytes: number;
}

/** What one `pg_dump` of several on the same snapshot takes. */
export interface Shard {
  /** `dump`, `schema`, `data-1` … */
  name: string;
  role: 'dump' | 'schema' | 'data';
  /** Arguments of `pg_dump` that select it. */
  args: string[];
  /** Estimate of what it reads, in bytes. */
  bytes: number;
  /** Whether it holds the rows of that table. */
  holds(table: { schema: string; name: string }): boolean;
}

/** More names than this do not pay, and a command line has an end. */
const MOST_NAMED = 200;

/**
 * Divides a database into shards of about equal size. One job: one whole dump. More: the definitions, and as many
 * parts of the rows; the first part holds everything that no other one names (small tables, sequences, large objects),
 * so that nothing can be forgotten. `restBytes` is the size of what is in no table, such as large objects.
 */
export function planShards(tables: readonly SizedTable[], jobs: number, restBytes = 0): Shard[] {
  const total = tables.reduce((sum, { bytes }) => sum + bytes, restBytes);
  if (jobs <= 1) return [{ name: 'dump', role: 'dump', args: [], bytes: total, holds: () => true }];
  const large = [...tables].sort((a, b) => b.bytes - a.bytes || (keyOf(a) < keyOf(b) ? -1 : 1)).slice(0, MOST_NAMED);
  const bins = Array.from({ length: jobs }, (_, index) => ({ tables: [] as SizedTable[], bytes: index === 0 ? total - large.reduce((sum, { bytes }) => sum + bytes, 0) : 0 }));
  // The largest first, each to the part that has least.
  for (const table of large) {
    const bin = bins.reduce((least, one) => (one.bytes < least.bytes ? one : least));
    bin.tables.push(table);
    bin.bytes += table.bytes;
  }
  const [rest, ...named] = bins.filter(({ tables: held }, index) => index === 0 || held.length > 0);
  const elsewhere = new Set(named.flatMap((bin) => bin.tables.map(keyOf)));
  return [
    { name: 'schema', role: 'schema', args: ['--section=pre-data', '--section=post-data'], bytes: 0, holds: () => false },
    {
      name: 'data-1',
      role: 'data',
      args: ['--section=data', ...named.flatMap((bin) => bin.tables.map((table) => `--exclude-table-data=${pattern(table)}`))],
      bytes: rest?.bytes ?? 0,
      holds: (table) => !elsewhere.has(keyOf(table)),
    },
    ...named.map((bin, index): Shard => {
      const held = new Set(bin.tables.map(keyOf));
      // A table that went away in between is an error, not an empty part.
      return { name: `data-${index + 2}`, role: 'data', args: ['--section=data', '--strict-names', ...bin.tables.map((table) => `--table=${pattern(table)}`)], bytes: bin.bytes, holds: (table) => held.has(keyOf(table)) };
    }),
  ];
}

function keyOf({ schema, name }: { schema: string; name: string }): string {
  return pattern({ schema, name });
}

/** A pattern of pg_dump's that matches this table alone: within quotes nothing is a wildcard. */
function pattern({ schema, name }: { schema: string; name: string }): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

function quoted(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}
