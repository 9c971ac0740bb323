import { Client } from 'pg';

/** For a connection that is still there when whoever asked has given up: it is not left open. */
const LIMIT = 1_600;

/**
 * Opens a connection of its own, asks, and closes it: one of the app's pool could be an old one that still works, or
 * be waited for behind the app's own questions, which says nothing of the database. `more` is what the app's own
 * connections have beside the URL, such as `ssl`.
 */
export async function askPostgres(url, signal, more = {}) {
  if (!url) throw Object.assign(new Error('No variable has the URL of the database.'), { code: 'NO_DATABASE_URL' });
  const client = new Client({
    ...more,
    connectionString: url,
    connectionTimeoutMillis: LIMIT,
    query_timeout: LIMIT,
    application_name: 'health',
  });
  // A connection that breaks while nobody waits for it would end the process.
  client.on('error', () => undefined);
  const close = () => {
    client.end().catch(() => undefined);
  };
  signal.addEventListener('abort', close);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}
