import type { Client } from 'pg';
import type { Connection } from './connection';
import type { Manifest } from '../manifest';
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
  /** Whether it owns the database, and so may rename it. */
  isOwner: boolean;
  isSuperuser: boolean;
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
  let rights = { mayCreate: false, isOwner: false, isSuperuser: false };
  try {
    if (outside) {
      const { rows } = await outside.query<typeof rights & { exists: boolean }>(
        `SELECT r.rolsuper OR r.rolcreatedb AS "mayCreate", r.rolsuper AS "isSuperuser", d.oid IS NOT NULL AS exists, coalesce(pg_catalog.pg_has_role(d.datdba, 'MEMBER'), false) AS "isOwner"
         FROM pg_catalog.pg_roles r LEFT JOIN pg_catalog.pg_database d ON d.datname = $1 WHERE r.rolname = current_user`,
        [connection.database],
      );
      const [row] = rows;
      if (row) rights = { mayCreate: row.mayCreate, isOwner: row.isOwner, isSuperuser: row.isSuperuser };
      if (!row?.exists) return { exists: false, isEmpty: true, size: 0, ...rights };
    }
  } finally {
    await outside?.end();
  }
  const inside = await connect(connection);
  try {
    const { rows } = await inside.query<{ things: string; size: string }>(EMPTINESS);
    return { exists: true, isEmpty: rows[0]?.things === '0', size: Number(rows[0]?.size ?? 0), ...rights };
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

/** Makes an empty database as the one that was dumped: its encoding and locale. Where the server does not know that locale, its own is taken, and told. */
export async function createDatabase(outside: Client, name: string, { server }: Pick<Manifest, 'server'>, { owner, say }: { owner?: string | undefined; say: (line: string) => void }): Promise<void> {
  const of = `CREATE DATABASE ${quoted(name)} TEMPLATE template0 ENCODING ${literal(server.encoding)}${owner ? ` OWNER ${quoted(owner)}` : ''}`;
  const provider = server.localeProvider === 'icu' ? ` LOCALE_PROVIDER icu ICU_LOCALE ${literal(server.locale ?? 'und')}` : server.localeProvider === 'builtin' ? ` LOCALE_PROVIDER builtin BUILTIN_LOCALE ${literal(server.locale ?? 'C')}` : '';
  try {
    await outside.query(`${of} LC_COLLATE ${literal(server.collate)} LC_CTYPE ${literal(server.ctype)}${provider}`);
  } catch (error) {
    // Locales are the operating system's, and another one may call them otherwise.
    if (!/locale|icu|collation|syntax|option/i.test((error as Error).message)) throw error;
    await outside.query(of);
    say(`Warning: ${name} has not the locale of the database that was dumped (${server.localeProvider} ${server.locale ?? server.collate}), which this server does not know (${(error as Error).message}): text may be sorted otherwise.`);
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

const SWAP_TRIES = 12;
const IN_USE = '55006';

/**
 * Puts a database in the place of another by renaming both in one transaction: whatever ends it half-way, both are as
 * before. Sessions of the old one are ended, and new ones wait for the rename; it is kept under the other name.
 */
export async function swapDatabases(outside: Client, fresh: string, name: string, keptAs: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    await endSessions(outside, [name, fresh]);
    try {
      await outside.query('BEGIN');
      await outside.query("SET LOCAL lock_timeout = '10s'");
      await outside.query(`ALTER DATABASE ${quoted(name)} RENAME TO ${quoted(keptAs)}`);
      await outside.query(`ALTER DATABASE ${quoted(fresh)} RENAME TO ${quoted(name)}`);
      await outside.query('COMMIT');
      return;
    } catch (error) {
      await outside.query('ROLLBACK').catch(() => undefined);
      if ((error as { code?: string }).code !== IN_USE) throw error;
      if (tries === SWAP_TRIES) throw new TargetError(`${name} was left as it was: ${await whoIsIn(outside, name)} would not go. Stop what connects to it, and run it again.`);
    }
  }
}

/** Ends what people and apps have open. Workers of the server end by themselves, and some sessions are not ours to end. */
async function endSessions(outside: Client, databases: readonly string[]): Promise<void> {
  const { rows } = await outside.query<{ pid: number }>("SELECT pid FROM pg_catalog.pg_stat_activity WHERE datname = ANY ($1) AND backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()", [databases]);
  // A right that is missing for one shows in the rename, which says whose session is in the way.
  for (const { pid } of rows) await outside.query('SELECT pg_catalog.pg_terminate_backend($1)', [pid]).catch(() => undefined);
}

async function whoIsIn(outside: Client, name: string): Promise<string> {
  const { rows } = await outside.query<{ who: string }>("SELECT DISTINCT coalesce(usename, backend_type) || coalesce(' (' || nullif(application_name, '') || ')', '') AS who FROM pg_catalog.pg_stat_activity WHERE datname = $1", [name]);
  return rows.length > 0 ? `the sessions of ${rows.map(({ who }) => who).join(', ')}` : 'its sessions';
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
