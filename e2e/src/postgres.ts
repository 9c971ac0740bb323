import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PACKAGE_DIR } from './package.ts';

/** A PostgreSQL server of a test's own. */
export interface TestDatabase {
  /** Of a database of it, by default `postgres`, as superuser. */
  url: (database?: string) => string;
  /** The major version. */
  major: number;
  /** Runs one or more statements, and returns the rows of a single one. */
  query: (sql: string, database?: string) => Promise<Record<string, unknown>[]>;
  stop: () => Promise<void>;
}

interface Started {
  url: string;
  major: number;
  stop: () => Promise<void>;
}

interface Driver {
  Client: new (options: { connectionString: string }) => {
    connect: () => Promise<void>;
    query: (sql: string) => Promise<{ rows: Record<string, unknown>[] }>;
    end: () => Promise<void>;
  };
}

/** Starts one of that major version or a newer one on loopback, by the built plugin's own code. Run by root, `dir` has to be a folder that every user may enter. */
export async function startPostgres({ major = 15, dir }: { major?: number; dir?: string } = {}): Promise<TestDatabase> {
  const require = createRequire(join(PACKAGE_DIR, 'package.json'));
  const { startScratchServer } = require('./dist/backup/postgres/scratch-server.js') as { startScratchServer: (options: { major: number; dir: string | undefined }) => Promise<Started> };
  const { Client } = require('pg') as Driver;
  const server = await startScratchServer({ major, dir });
  const url = (database = 'postgres'): string => Object.assign(new URL(server.url), { pathname: `/${encodeURIComponent(database)}` }).href;
  const query = async (sql: string, database?: string): Promise<Record<string, unknown>[]> => {
    const client = new Client({ connectionString: url(database) });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  return { url, major: server.major, query, stop: server.stop };
}
