import type { Connection } from './connection';

/** libpq's file of passwords, as node-postgres reads it: PGPASSFILE, or `~/.pgpass`. */
const pgpass = require('pgpass') as (connection: Connection, done: (password: string | undefined) => void) => void;

/** With the password of PGPASSWORD, or of libpq's file of passwords, where the URL has none: the driver and the programs then have the same. */
export async function withPassword(connection: Connection, env: NodeJS.ProcessEnv = process.env): Promise<Connection> {
  if (connection.password !== undefined) return connection;
  const password = env['PGPASSWORD'] || (await new Promise<string | undefined>((resolve) => pgpass(connection, resolve)));
  return password ? { ...connection, password } : connection;
}
