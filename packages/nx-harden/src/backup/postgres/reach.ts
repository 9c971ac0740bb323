import { connectionFromEnv, ConnectionError, parseConnection, type Connection } from './connection';
import { connectionFromSecret } from './secret';
import { withPassword } from './password';
import { openTunnel } from './tunnel';

/** How a person says which database is meant. */
export interface Reach {
  connection?: string | undefined;
  secretId?: string | undefined;
  ssh?: string | undefined;
  region?: string | undefined;
}

/** The database, by its environment variable or secret, and through a tunnel where one is asked for. */
export async function reachDatabase({ connection, secretId, ssh, region }: Reach, signal: AbortSignal): Promise<{ connection: Connection; close: () => void }> {
  const found = secretId ? await connectionFromSecret(secretId, { region }) : connectionFromEnv(process.env, connection);
  return throughTunnel(found, ssh, signal);
}

export async function throughTunnel(connection: Connection, ssh: string | undefined, signal: AbortSignal): Promise<{ connection: Connection; close: () => void }> {
  const complete = await withPassword(connection);
  return ssh ? await openTunnel(complete, ssh, signal) : { connection: complete, close: () => undefined };
}

/** `env:NAME`, or a URL without a password: one on a command line is in the history and in the list of processes. */
export function connectionFromOption(value: string, option: string): Connection {
  const [, variable] = /^env:(\w+)$/.exec(value) ?? [];
  if (variable !== undefined) {
    const url = process.env[variable];
    if (!url) throw new ConnectionError(`${variable} is not set: it is to hold the URL of the database, as postgres://user:password@host:5432/name. Another variable is named by --${option}=env:NAME.`);
    return parseConnection(url, variable);
  }
  const connection = parseConnection(value, `--${option}`);
  if (connection.password !== undefined) throw new ConnectionError(`--${option} holds a password, which is now in the shell's history: change it, put the URL into an environment variable, and name that: --${option}=env:NAME.`);
  return connection;
}
