import { describe, expect, it } from 'vitest';
import { connectionFromEnv, driverSsl, parseConnection } from './connection';

const SECRET = 's3cr3t!';

describe('a connection from a URL', () => {
  it('has all of its parts', () => {
    expect(parseConnection('postgres://us%40er:p%25%2F@db.example.com:6000/na%20me?sslmode=verify-ca&sslrootcert=/ca.pem', 'X')).toEqual({
      host: 'db.example.com', port: 6000, user: 'us@er', password: 'p%/', database: 'na me', sslMode: 'verify-ca', sslRootCert: '/ca.pem', source: 'X',
    });
    expect(parseConnection('postgresql://u@[::1]/d', 'X')).toMatchObject({ host: '::1', port: 5432, sslMode: 'prefer' });
    expect(parseConnection('postgres:///d?host=/var/run/postgresql&user=u', 'X')).toMatchObject({ host: '/var/run/postgresql', user: 'u', database: 'd' });
    expect(parseConnection('postgres://u:p@h/d?sslmode=no-verify', 'X').sslMode).toBe('require');
  });

  it.each([
    ['localhost', 'prefer'],
    ['127.0.0.1', 'prefer'],
    ['10.0.0.1', 'verify-full'],
    ['db.example.com', 'verify-full'],
  ])('is encrypted and checked off this machine: %s', (host, mode) => {
    expect(parseConnection(`postgres://u:p@${host}/d`, 'X').sslMode).toBe(mode);
  });

  it.each([
    [`postgres://u:${SECRET}%@h/d`, '%25'],
    [`postgres://u:${SECRET}@h:70000/d`, 'does not hold a URL'],
    [`mysql://u:${SECRET}@h/d`, 'mysql URL'],
    [`prisma+postgres://accelerate.prisma-data.net/?api_key=${SECRET}`, 'no database'],
    [`postgres://u:${SECRET}@h/d?sslmode=maybe`, 'verify-full'],
    [`u:${SECRET}@h/d`, 'no postgres URL'],
  ])('says what is wrong, and not the password: %s', (url, message) => {
    expect(() => parseConnection(url, 'X')).toThrow(message);
    expect(() => parseConnection(url, 'X')).toThrow(/^(?!.*s3cr3t)/);
  });

  it('is checked by the driver as by libpq', () => {
    const ssl = (url: string) => driverSsl(parseConnection(url, 'X'));
    expect(ssl('postgres://u@h/d')).toMatchObject({ rejectUnauthorized: true, servername: 'h' });
    expect(ssl('postgres://u@h/d')).not.toHaveProperty('checkServerIdentity');
    expect(ssl('postgres://u@h/d?sslmode=verify-ca')).toHaveProperty('checkServerIdentity');
    expect(ssl('postgres://u@h/d?sslmode=require')).toMatchObject({ rejectUnauthorized: false });
    expect(ssl('postgres://u@h/d?sslmode=disable')).toBe(false);
    expect(() => ssl('postgres://u@h/d?sslrootcert=/nowhere.pem')).toThrow('/nowhere.pem');
  });
});

describe('a connection from the environment', () => {
  const direct = 'postgres://u:p@db.example.com/d';
  it('is the named one, the direct one, or that of libpq', () => {
    expect(connectionFromEnv({ DATABASE_URL: 'postgres://u@a/d', MINE: 'postgres://u@b/d' }, 'MINE').host).toBe('b');
    expect(connectionFromEnv({ DATABASE_URL: 'postgres://u@a/d', DIRECT_URL: 'postgres://u@b/d' }).host).toBe('b');
    expect(connectionFromEnv({ DATABASE_URI: direct }).source).toBe('DATABASE_URI');
    expect(connectionFromEnv({ PGHOST: 'h', PGUSER: 'u', PGPASSWORD: 'p', PGDATABASE: 'd', PGPORT: '6000' })).toMatchObject({ host: 'h', user: 'u', password: 'p', database: 'd', port: 6000 });
    expect(() => connectionFromEnv({})).toThrow('Set DATABASE_URL');
    expect(() => connectionFromEnv({ DATABASE_URL: direct }, 'MINE')).toThrow('MINE is not set');
  });

  it.each([
    'postgres://u:p@ep-cool-1-pooler.eu-central-1.aws.neon.tech/d',
    'postgres://u:p@aws-0-eu.pooler.supabase.com:6543/d',
    'postgres://u:p@db.example.com:6432/d',
    'postgres://u:p@pgbouncer.internal/d',
  ])('asks for the direct one instead of a pooler: %s', (url) => {
    expect(() => connectionFromEnv({ DATABASE_URL: url })).toThrow(/pooler.*DIRECT_URL/);
    expect(connectionFromEnv({ DATABASE_URL: url, POSTGRES_URL: direct }).host).toBe('db.example.com');
  });

  it.each(['postgres://u:p@ep-cool-1.eu-central-1.aws.neon.tech/d', 'postgres://u:p@aws-0-eu.pooler.supabase.com:5432/d', 'postgres://u:p@pooley.example.com/d'])('does not take for a pooler what is none: %s', (url) => {
    expect(connectionFromEnv({ DATABASE_URL: url }).source).toBe('DATABASE_URL');
  });
});
