import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { userInfo } from 'node:os';
import { poolerOf } from './pooler';

export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
const SSL_MODES: readonly SslMode[] = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** Where a database is and how one gets in. The password is for the 0600 file and the driver alone: never print it. */
export interface Connection {
  host: string;
  port: number;
  user: string;
  password?: string;
  database: string;
  sslMode: SslMode;
  /** Path of the certificates to trust; without it, those that Node trusts. */
  sslRootCert?: string;
  sslCert?: string;
  sslKey?: string;
  /** Where the name leads instead, such as the local end of a tunnel: the certificate is still checked for `host`. */
  hostAddress?: string;
  /** For people: which environment variable it came from. */
  source: string;
}

/** One sentence that says what is wrong with a connection, and what to do. */
export class ConnectionError extends Error {}

/**
 * Where a URL is looked for when nobody names a variable, the direct ones first: through a pooler neither a snapshot
 * nor a session lives long enough for a dump.
 */
export const URL_VARIABLES = ['DIRECT_URL', 'DATABASE_URL_UNPOOLED', 'POSTGRES_URL_NON_POOLING', 'DATABASE_URL', 'DATABASE_URI', 'POSTGRES_URL'] as const;

/** The connection by the environment: the named variable, else the first of {@link URL_VARIABLES}, else PGHOST and its like. */
export function connectionFromEnv(env: NodeJS.ProcessEnv, variable?: string): Connection {
  if (variable !== undefined) {
    const url = env[variable];
    if (!url) throw new ConnectionError(`${variable} is not set: it is to hold the URL of the database, as postgres://user:password@host:5432/name.`);
    return refusePooler(parseConnection(url, variable));
  }
  const found = URL_VARIABLES.find((name) => env[name] && !poolerOf(parseConnection(env[name], name))) ?? URL_VARIABLES.find((name) => env[name]);
  if (found) return refusePooler(parseConnection(env[found] ?? '', found));
  if (env['PGHOST'] || env['PGDATABASE']) return refusePooler(connectionFromPgVariables(env));
  throw new ConnectionError(`No database is named. Set DATABASE_URL (or ${URL_VARIABLES.filter((name) => name !== 'DATABASE_URL').join(', ')}), or PGHOST, PGDATABASE, PGUSER and PGPASSWORD.`);
}

/** A `postgres://` URL as a connection. `source` is for errors, which never hold the URL. */
export function parseConnection(text: string, source: string): Connection {
  let url: URL;
  if (/^postgres(ql)?:\/\/[^/?]*#/.test(text.trim())) throw new ConnectionError(`${source}: a "#" in the user or the password is written %23.`);
  if (/^postgres(ql)?:\/\/([^/?]*@)?[^/?@]*,/.test(text.trim())) throw new ConnectionError(`${source} names several hosts. A dump is of one server: name that one.`);
  try {
    // libpq takes an empty host, and the parameter "host" for it, as for a socket; the URL standard does not.
    url = new URL(text.trim().replace(/^(postgres(?:ql)?:\/\/[^/?]*@)(?=[/?])/, '$1localhost'));
  } catch {
    throw new ConnectionError(`${source} does not hold a URL such as postgres://user:password@host:5432/name. Special characters in the password must be percent-encoded.`);
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    const kind = url.protocol.replace(/:$/, '');
    const advice = kind === 'prisma' || kind === 'prisma+postgres' ? ' Prisma Accelerate is no database: name the variable that holds the direct URL by --connection.' : '';
    // Without a scheme the part before the colon is a name of somebody's, and is not repeated.
    throw new ConnectionError(`${source} holds ${url.host ? `a ${kind}` : 'no postgres'} URL, and a dump needs a postgres one: postgres://user:password@host:5432/name.${advice}`);
  }
  const query = url.searchParams;
  const host = query.get('host') ?? (decode(url.hostname, source).replace(/^\[|\]$/g, '') || 'localhost');
  const user = query.get('user') ?? (decode(url.username, source) || userInfo().username);
  const password = query.get('password') ?? decode(url.password, source);
  return {
    host,
    port: port(query.get('port') ?? url.port, source),
    user,
    ...(password && { password }),
    database: query.get('dbname') ?? (decode(url.pathname.replace(/^\//, ''), source) || user),
    ...ssl((name) => query.get(name) ?? undefined, host, source),
    source,
  };
}

function connectionFromPgVariables(env: NodeJS.ProcessEnv): Connection {
  const host = env['PGHOST'] || 'localhost';
  const user = env['PGUSER'] || userInfo().username;
  return {
    host,
    port: port(env['PGPORT'] ?? '', 'PGPORT'),
    user,
    ...(env['PGPASSWORD'] && { password: env['PGPASSWORD'] }),
    database: env['PGDATABASE'] || user,
    ...ssl((name) => env[`PG${name.toUpperCase()}`], host, 'PGSSLMODE'),
    source: 'PGHOST and its like',
  };
}

function ssl(setting: (name: string) => string | undefined, host: string, source: string): Pick<Connection, 'sslMode' | 'sslRootCert' | 'sslCert' | 'sslKey'> {
  // "no-verify" is node-postgres' own word for it.
  const asked = setting('sslmode')?.replace(/^no-verify$/, 'require');
  if (asked !== undefined && !SSL_MODES.includes(asked as SslMode)) throw new ConnectionError(`${source}: sslmode is "${asked}"; use ${SSL_MODES.join(', ')}.`);
  const rootCert = setting('sslrootcert');
  const cert = setting('sslcert');
  const key = setting('sslkey');
  return {
    sslMode: (asked as SslMode | undefined) ?? (isLocal(host) ? 'prefer' : 'verify-full'),
    ...(rootCert && rootCert !== 'system' && { sslRootCert: rootCert }),
    ...(cert && { sslCert: cert }),
    ...(key && { sslKey: key }),
  };
}

/** Whether a host is this machine: a socket's folder, or loopback. */
export function isLocal(host: string): boolean {
  if (host.startsWith('/') || host === 'localhost') return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}

/** How the driver does what libpq does by that mode. */
export function driverSsl({ sslMode, sslRootCert, sslCert, sslKey, host }: Connection): false | Record<string, unknown> {
  if (sslMode === 'disable' || host.startsWith('/')) return false;
  const files = {
    ...(sslRootCert && { ca: readCertificate(sslRootCert) }),
    ...(sslCert && { cert: readCertificate(sslCert) }),
    ...(sslKey && { key: readCertificate(sslKey) }),
  };
  const name = isIP(host) ? {} : { servername: host };
  if (sslMode === 'verify-full') return { ...name, ...files, rejectUnauthorized: true };
  if (sslMode === 'verify-ca') return { ...name, ...files, rejectUnauthorized: true, checkServerIdentity: () => undefined };
  return { ...name, ...files, rejectUnauthorized: false };
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, 'utf-8');
  } catch (error) {
    throw new ConnectionError(`The certificate ${path} cannot be read: ${(error as Error).message}.`);
  }
}

function refusePooler(connection: Connection): Connection {
  const pooler = poolerOf(connection);
  if (pooler) {
    throw new ConnectionError(`${connection.source} leads to ${pooler.name}, and a dump needs a connection of its own: set DIRECT_URL to the direct one (${pooler.direct}).`);
  }
  return connection;
}

function port(text: string, source: string): number {
  if (!text) return 5432;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65535) throw new ConnectionError(`${source}: "${text}" is not a port.`);
  return value;
}

function decode(text: string, source: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConnectionError(`${source}: a "%" in the URL is not followed by two hexadecimal digits. In a password it is written %25.`);
  }
}

/** A name that looks like a connection string would be taken for one by PostgreSQL's programs. */
export function conninfo(database: string): string {
  return `dbname='${database.replace(/[\\']/g, '\\$&')}'`;
}

/** For people and logs. */
export function describeConnection({ host, port: at, database }: Connection): string {
  return `${database} on ${host}${host.startsWith('/') ? '' : `:${at}`}`;
}
