import { Client, type ClientConfig } from 'pg';
import { ConnectionError, describeConnection, driverSsl, type Connection } from './connection';

const WITHOUT_LIMITS = "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')";
const CONNECT_TIMEOUT_MS = 15_000;

/** Opens a session. `onLost` is called when it breaks later, as by a server that stops. Throws {@link ConnectionError}. */
export async function connect(connection: Connection, onLost: (error: Error) => void = () => undefined, database = connection.database): Promise<Client> {
  // By libpq's "prefer" a server without TLS is spoken to in the clear; its "require" is not.
  const attempts = connection.sslMode === 'prefer' || connection.sslMode === 'allow' ? [driverSsl(connection), false as const] : [driverSsl(connection)];
  for (const [index, ssl] of attempts.entries()) {
    const client = new Client(configOf(connection, ssl, database));
    let isOpen = false;
    client.on('error', (error) => {
      if (isOpen) onLost(new ConnectionError(`The connection to ${describeConnection(connection)} was lost: ${error.message}.`));
    });
    try {
      await client.connect();
      isOpen = true;
      // Limits of the role's or the server's are for an app's queries: a dump and a restore last.
      await client.query(WITHOUT_LIMITS);
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      const hasNoTls = /does not support SSL/i.test((error as Error).message);
      if (!hasNoTls || index === attempts.length - 1) throw explained(error as NodeJS.ErrnoException, connection, database);
    }
  }
  throw new ConnectionError(`There is no way to ${describeConnection(connection)}.`);
}

function configOf(connection: Connection, ssl: false | Record<string, unknown>, database: string): ClientConfig {
  return {
    host: connection.hostAddress ?? connection.host,
    port: connection.port,
    user: connection.user,
    database,
    // A function, since the driver takes an empty text for none, and looks for one by itself.
    password: connection.password ?? (() => ''),
    ssl: ssl === false ? false : { ...ssl, ...(connection.hostAddress && connection.sslMode === 'verify-full' && { servername: connection.host }) },
    application_name: 'nx-harden',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // Firewalls forget a connection that is silent.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  } as ClientConfig;
}

/**
 * Begins a transaction that sees the database as it is now, and exports that view for others to dump. It lasts as long
 * as the session is left in it.
 */
export async function exportSnapshot(client: Client): Promise<{ snapshot: string; at: Date }> {
  await client.query("SET lock_timeout = '60s'");
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const { rows } = await client.query<{ snapshot: string; at: Date }>('SELECT pg_catalog.pg_export_snapshot() AS snapshot, pg_catalog.now() AS at');
  const [row] = rows;
  if (!row) throw new ConnectionError('The server exported no snapshot.');
  return row;
}

const EXPLANATIONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there: is the server up, and the port right',
  ENOTFOUND: 'there is no host of that name',
  ETIMEDOUT: 'it does not answer: does a firewall let this machine in',
  '28P01': 'the password is wrong',
  '28000': 'the server does not let this user in from here (pg_hba.conf)',
  '3D000': 'there is no database of that name',
  '53300': 'the server has no connection to spare',
};

function explained(error: NodeJS.ErrnoException, connection: Connection, database: string): ConnectionError {
  const isCertificate = /certificate|self.signed|altnames|UNABLE_TO|CERT_/i.test(`${error.code ?? ''} ${error.message}`);
  const reason = isCertificate
    ? `its certificate is not trusted (${error.message}): name the authority's certificate by sslrootcert=… in the URL`
    : /client password must be/i.test(error.message)
      ? 'it asks for a password, and there is none in the URL, in PGPASSWORD or in ~/.pgpass'
    : /does not support SSL/i.test(error.message)
      ? `it speaks no TLS, and sslmode is ${connection.sslMode}: turn TLS on there (ssl = on), or go through a tunnel (--ssh)`
      : /timeout expired/i.test(error.message)
        ? EXPLANATIONS['ETIMEDOUT']
        : (EXPLANATIONS[error.code ?? ''] ?? error.message.replace(/\.$/, ''));
  return new ConnectionError(`No connection to ${describeConnection({ ...connection, database })} (from ${connection.source}): ${reason}.`);
}
