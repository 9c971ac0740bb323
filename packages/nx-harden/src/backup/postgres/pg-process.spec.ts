import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConnection } from './connection';
import { libpqEnvironment, lineReader, startPg } from './pg-process';
import type { PgPrograms } from './pg-programs';

const shell: PgPrograms = { major: 1, version: '1', place: '', command: () => ({ file: 'sh', args: ['-c'] }) };

describe('what a program of PostgreSQL gets', () => {
  it('is a password in a file that only we may read, and not in its environment', () => {
    const libpq = libpqEnvironment(parseConnection('postgres://us%3Aer:p%5Cw%3Ad@db.example.com:6000/d', 'X'), { synchronous_commit: 'off' });
    const file = libpq.env['PGPASSFILE'] ?? '';
    expect(readFileSync(file, 'utf-8')).toBe('*:*:*:us\\:er:p\\\\w\\:d\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    expect(libpq.env).toMatchObject({ PGHOST: 'db.example.com', PGPORT: '6000', PGUSER: 'us:er', PGDATABASE: 'd', PGSSLMODE: 'verify-full', PGOPTIONS: '-c synchronous_commit=off' });
    expect(JSON.stringify(libpq.env)).not.toMatch(/p\\+w/);
    expect(readFileSync(libpq.env['PGSSLROOTCERT'] ?? '', 'utf-8')).toContain('BEGIN CERTIFICATE');
    libpq.dispose();
    expect(existsSync(dirname(file))).toBe(false);
  });

  it('is nothing of ours that may hold a secret', async () => {
    process.env['DATABASE_URL'] = 'postgres://u:s3cr3t@h/d';
    process.env['PGPASSWORD'] = 's3cr3t';
    try {
      const libpq = libpqEnvironment(parseConnection('postgres://u:s3cr3t@localhost/d', 'X'));
      const run = startPg(shell, 'psql', ['env'], libpq);
      let output = '';
      run.process.stdout.on('data', (chunk) => (output += chunk));
      await run.done;
      libpq.dispose();
      expect(output).toContain('PGPASSFILE=');
      expect(output).not.toContain('s3cr3t');
    } finally {
      delete process.env['DATABASE_URL'];
      delete process.env['PGPASSWORD'];
    }
  });
});

describe('clients that are ahead of the server', () => {
  const run = (script: string): Promise<void> => startPg(shell, 'pg_restore', [script], undefined, { tolerated: /"transaction_timeout"/ }).done;
  const known = 'echo "pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter \\"transaction_timeout\\"" >&2; ';
  const end = 'echo "pg_restore: warning: errors ignored on restore: 1" >&2; exit 1';

  it('have not failed by the one setting that it does not know', async () => {
    await expect(run(known + end)).resolves.toBeUndefined();
  });

  it('have failed by anything else', async () => {
    await expect(run(`${known}echo "pg_restore: error: could not execute query: ERROR:  relation exists" >&2; ${end}`)).rejects.toThrow('relation exists');
    await expect(run('exit 1')).rejects.toThrow('failed with 1');
    await expect(run(`${known}exit 2`)).rejects.toThrow('failed with 2');
  });
});

describe('a program that fails', () => {
  const failure = (script: string): Promise<Error> => startPg(shell, 'pg_dump', [script], undefined).done.then(() => new Error('it did not fail'), (error: Error) => error);

  it('is told with its own words', async () => {
    expect((await failure('echo "pg_dump: dumping contents" >&2; echo "pg_dump: error: no such table" >&2; exit 3')).message).toBe('pg_dump failed with 3: no such table');
    expect((await failure('exit 2')).message).toBe('pg_dump failed with 2.');
    expect((await failure('kill -9 $$')).message).toBe('pg_dump was ended by SIGKILL.');
    const missing: PgPrograms = { ...shell, command: () => ({ file: '/nowhere/pg_dump', args: [] }) };
    await expect(startPg(missing, 'pg_dump', [], undefined).done).rejects.toThrow('pg_dump is not there');
  });

  it('is ended when the work is given up, with what it has started', async () => {
    const controller = new AbortController();
    const run = startPg(shell, 'pg_dump', ['sleep 30 & wait'], undefined, { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(run.done).rejects.toThrow('was ended by SIGTERM');
    await expect(startPg(shell, 'pg_dump', ['sleep 30'], undefined, { signal: AbortSignal.abort() }).done).rejects.toThrow('was ended by SIGTERM');
  });

  it('is killed when it does not listen', async () => {
    const controller = new AbortController();
    const run = startPg(shell, 'pg_dump', ["trap '' TERM; echo ready; while :; do sleep 0.1; done"], undefined, { signal: controller.signal });
    run.process.stdout.once('data', () => controller.abort());
    await expect(run.done).rejects.toThrow('was ended by SIGKILL');
  });
});

it('lines come whole, however they were cut', () => {
  const lines: string[] = [];
  const hear = lineReader((line) => lines.push(line));
  for (const chunk of ['a\nb', 'c\n\nd', 'e\n', 'f']) hear(chunk);
  expect(lines).toEqual(['a', 'bc', 'de']);
});
