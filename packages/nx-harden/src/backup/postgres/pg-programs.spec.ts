import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findPgPrograms } from './pg-programs';

const root = mkdtempSync(join(tmpdir(), 'nx-harden-programs-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder with clients that say they are of a version far above those that this machine may have. */
function clients(version: string): string {
  const folder = join(root, version);
  mkdirSync(folder, { recursive: true });
  for (const program of ['pg_dump', 'pg_restore']) {
    writeFileSync(join(folder, program), `#!/bin/sh\necho "${program} (PostgreSQL) ${version} (Debian ${version}-1.pgdg)"\n`);
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}
const env = (...folders: string[]): NodeJS.ProcessEnv => ({ PATH: folders.join(':') });
const noDocker = { hasDocker: () => false };

describe('the clients for a server', () => {
  it('are those of its own version, else the nearest newer ones', () => {
    const [old, same, newer, newest] = ['60.1', '61.4', '62.0', '63beta1'].map(clients) as [string, string, string, string];
    expect(findPgPrograms(61, { env: env(old, newest, same, newer), ...noDocker })).toMatchObject({ major: 61, version: '61.4', place: same });
    expect(findPgPrograms(62, { env: env(old, newest, newer), ...noDocker })).toMatchObject({ major: 62 });
    expect(findPgPrograms(63, { env: env(newest), ...noDocker })).toMatchObject({ major: 63, version: '63beta1' });
    expect(findPgPrograms(61, { env: env(same), ...noDocker }).command('pg_dump')).toEqual({ file: join(same, 'pg_dump'), args: [] });
  });

  it('are not older ones: the package to install is named', () => {
    expect(() => findPgPrograms(62, { env: env(clients('60.1'), clients('61.4')), ...noDocker })).toThrow(/^pg_dump 61 cannot dump a PostgreSQL 62 server: .*62.*--pgDumpPath\.$/);
    expect(() => findPgPrograms(62, { env: env(), ...noDocker })).toThrow(/(is not installed, and the server is PostgreSQL 62|cannot dump a PostgreSQL 62 server)/);
  });

  it('are in the place that is given, or nowhere', () => {
    const folder = clients('62.0');
    expect(findPgPrograms(62, { pgDumpPath: folder, ...noDocker }).place).toBe(folder);
    expect(findPgPrograms(62, { pgDumpPath: join(folder, 'pg_dump'), ...noDocker }).place).toBe(folder);
    expect(() => findPgPrograms(62, { pgDumpPath: join(root, 'nowhere'), env: env(folder), ...noDocker })).toThrow('There is no pg_dump at');
    expect(() => findPgPrograms(62, { pgDumpPath: clients('61.4'), env: env(folder), hasDocker: () => true })).toThrow('pg_dump 61 cannot dump');
  });

  it('are those of the container image when Docker answers, and see no secret but in a file', () => {
    const programs = findPgPrograms(99, { env: env(), hasDocker: () => true });
    expect(programs).toMatchObject({ major: 99, place: 'the container image postgres:99' });
    const { file, args } = programs.command('pg_dump', { files: ['/tmp/x/pgpass'], env: ['PGHOST', 'PGPASSFILE'] });
    expect(file).toBe('docker');
    expect(args.join(' ')).toMatch(/^run --rm -i --network=host -e PGHOST -e PGPASSFILE -v \/tmp\/x\/pgpass:\/tmp\/x\/pgpass:ro --user \d+ postgres:99 pg_dump$/);
  });
});
