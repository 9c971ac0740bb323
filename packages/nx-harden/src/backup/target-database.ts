import type { Client } from 'pg';
import type { Connection } from './connection';
import type { Manifest } from './manifest';
import { connect } from './snapshot';

/** What may not be overwritten, or not be made. */
export class TargetError extends Error {}

export interface TargetState {
  exists: boolean;
  /** Holds nothing of anybody's: no table, view, function, type, large object, or schema of its own. */
  isEmpty: boolean;
  /** Bytes. */
  size: number;
  /** Whether the role may make databases, and so restore beside what is there. */
  mayCreate: boolean;
}

/** Databases that a server has from the beginning, from which others are made. */
const MAINTENANCE = ['postgres', 'template1'];

/** A session in a database that is not the target: from there it can be made, renamed and dropped. */
export async function connectForMaintenance(connection: Connection): Promise<Client> {
  let first: unknown;
  for (const database of MAINTENANCE.filter((name) => name !== connection.database)) {
    try {
      return await connect(connection, undefined, database);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

/** Looks at the target, and changes nothing. */
export async function inspectTarget(connection: Connection): Promise<TargetState> {
  const outside = await connectForMaintenance(connection).catch(() => undefined);
  let mayCreate = false;
  try {
    if (outside) {
      const { rows } = await outside.query<{ may: boolean; exists: boolean }>(
        'SELECT (SELECT rolsuper OR rolcreatedb FROM pg_catalog.pg_roles WHERE rolname = current_user) AS may, EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1) AS exists',
        [connection.database],
      );
      mayCreate = rows[0]?.may ?? false;
      if (!rows[0]?.exists) return { exists: false, isEmpty: true, size: 0, mayCreate };
    }
  } finally {
    await outside?.end();
  }
  const inside = await connect(connection);
  try {
    const { rows } = await inside.query<{ things: string; size: string }>(EMPTINESS);
    return { exists: true, isEmpty: rows[0]?.things === '0', size: Number(rows[0]?.size ?? 0), mayCreate };
  } finally {
    await inside.end();
  }
}

/** Counts what is of somebody's making. What belongs to an extension is the extension's. */
const EMPTINESS = `
  SELECT pg_catalog.pg_database_size(pg_catalog.current_database()) AS size, (
    (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))
    + (SELECT count(*) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))
    + (SELECT count(*) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype IN ('e', 'i')))
    + (SELECT count(*) FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('public', 'information_schema') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'))
    + (SELECT count(*) FROM pg_catalog.pg_largeobject_metadata)
  ) AS things`;

/** Makes an empty database as the one that was dumped: its encoding and locale, where the server knows them. */
export async function createDatabase(outside: Client, name: string, { server }: Pick<Manifest, 'server'>, owner?: string): Promise<void> {
  const of = `CREATE DATABASE ${quoted(name)} TEMPLATE template0 ENCODING ${literal(server.encoding)}${owner ? ` OWNER ${quoted(owner)}` : ''}`;
  try {
    await outside.query(`${of} LC_COLLATE ${literal(server.collate)} LC_CTYPE ${literal(server.ctype)}`);
  } catch (error) {
    // Locales are the operating system's, and another one may call them otherwise.
    if (!/locale/i.test((error as Error).message)) throw error;
    await outside.query(of);
  }
}

export async function dropDatabase(outside: Client, name: string): Promise<void> {
  await outside.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`);
}

export interface DatabaseProperties {
  owner: string;
  /** SQL, with {@link HERE} for the name of the database. */
  statements: string[];
}

/** Stands for the name of a database, as no SQL has it. */
const HERE = '\u0000database\u0000';

/** What is set for a database and granted on it, as SQL for a database of that name. */
export function statementsFor({ statements }: Pick<DatabaseProperties, 'statements'>, name: string): string[] {
  return statements.map((statement) => statement.replaceAll(HERE, quoted(name)));
}

/** Who owns a database, and what is set for it and granted on it: a dump of its content does not have this. */
export async function databaseProperties(outside: Client, name: string): Promise<DatabaseProperties> {
  const { rows } = await outside.query<{ owner: string; connections: number; comment: string | null; acl: boolean }>(
    `SELECT pg_catalog.pg_get_userbyid(datdba) AS owner, datconnlimit AS connections, pg_catalog.shobj_description(oid, 'pg_database') AS comment, datacl IS NOT NULL AS acl FROM pg_catalog.pg_database WHERE datname = $1`,
    [name],
  );
  const [row] = rows;
  if (!row) throw new TargetError(`There is no database ${name}.`);
  const settings = await outside.query<{ role: string | null; setting: string }>(
    `SELECT CASE WHEN s.setrole = 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(s.setrole) END AS role, unnest(s.setconfig) AS setting FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase WHERE d.datname = $1`,
    [name],
  );
  const grants = await outside.query<{ grantee: string | null; privilege: string; grantable: boolean }>(
    `SELECT CASE WHEN a.grantee = 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(a.grantee) END AS grantee, a.privilege_type AS privilege, a.is_grantable AS grantable FROM pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) a WHERE d.datname = $1`,
    [name],
  );
  return {
    owner: row.owner,
    statements: [
      ...settings.rows.map(({ role, setting }) => {
        const [key = '', value = ''] = setting.split(/=(.*)/s);
        return `ALTER ${role === null ? 'DATABASE' : `ROLE ${quoted(role)} IN DATABASE`} ${HERE} SET ${key.split('.').map(quoted).join('.')} TO ${listSetting(key, value)}`;
      }),
      ...(row.connections >= 0 ? [`ALTER DATABASE ${HERE} CONNECTION LIMIT ${row.connections}`] : []),
      ...(row.comment !== null ? [`COMMENT ON DATABASE ${HERE} IS ${literal(row.comment)}`] : []),
      ...(row.acl ? [`REVOKE ALL ON DATABASE ${HERE} FROM PUBLIC`] : []),
      ...grants.rows.map(({ grantee, privilege, grantable }) => `GRANT ${privilege} ON DATABASE ${HERE} TO ${grantee === null ? 'PUBLIC' : quoted(grantee)}${grantable ? ' WITH GRANT OPTION' : ''}`),
    ],
  };
}

/** Settings that are lists of names keep their own quotes; all others are one string. */
function listSetting(key: string, value: string): string {
  return /^(search_path|temp_tablespaces|local_preload_libraries|session_preload_libraries|DateStyle)$/i.test(key) ? value || "''" : literal(value);
}

/**
 * Puts a database in the place of another by renaming both in one transaction. Sessions of the old one are ended; it is
 * kept under the other name.
 */
export async function swapDatabases(outside: Client, fresh: string, name: string, keptAs: string): Promise<void> {
  await outside.query(`ALTER DATABASE ${quoted(name)} WITH ALLOW_CONNECTIONS false`);
  let hasSwapped = false;
  try {
    await outside.query('SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = ANY ($1)', [[name, fresh]]);
    await outside.query('BEGIN');
    await outside.query(`ALTER DATABASE ${quoted(name)} RENAME TO ${quoted(keptAs)}`);
    await outside.query(`ALTER DATABASE ${quoted(fresh)} RENAME TO ${quoted(name)}`);
    await outside.query('COMMIT');
    hasSwapped = true;
  } catch (error) {
    await outside.query('ROLLBACK');
    throw error;
  } finally {
    await outside.query(`ALTER DATABASE ${quoted(hasSwapped ? keptAs : name)} WITH ALLOW_CONNECTIONS true`);
  }
}

const LONGEST_NAME = 63;

/** A name beside another one, within the length that PostgreSQL keeps. */
export function besideName(name: string, what: string): string {
  const suffix = `_${what}`;
  let base = name;
  while (Buffer.byteLength(base + suffix) > LONGEST_NAME) base = base.slice(0, -1);
  return base + suffix;
}

export function quoted(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

function literal(text: string): string {
  const escaped = text.replace(/'/g, "''");
  return text.includes('\\') ? `E'${escaped.replace(/\\/g, '\\\\')}'` : `'${escaped}'`;
}
