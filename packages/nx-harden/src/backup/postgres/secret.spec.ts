import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionFromSecret } from './secret';

/** What stands for AWS Secrets Manager, from its published API: GetSecretValue, in AWS's JSON 1.1. */
const SECRETS: Record<string, string> = {
  url: 'postgres://u:p%40ss@db.example.com/shop',
  aws: '{"engine":"postgres","host":"db.example.com","port":6000,"username":"u","password":"p@s/s:%","dbname":"shop"}',
  env: '{"DATABASE_URL":"postgres://u:p@db.example.com/shop"}',
  broken: '{"host":',
  other: '{"api_key":"s3cr3t"}',
};
let server: Server;
let endpoint = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const value = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue' ? SECRETS[(JSON.parse(body) as { SecretId: string }).SecretId] : undefined;
      response.writeHead(value === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(value === undefined ? { __type: 'ResourceNotFoundException', message: "Secrets Manager can't find the specified secret." } : { SecretString: value }));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' });
});
afterAll(() => {
  server.close();
  delete process.env['AWS_ACCESS_KEY_ID'];
  delete process.env['AWS_SECRET_ACCESS_KEY'];
});

const connection = (secretId: string) => connectionFromSecret(secretId, { region: 'eu-central-1', endpoint });

describe('a connection from a secret', () => {
  it.each([
    ['url', { password: 'p@ss', port: 5432 }],
    ['aws', { password: 'p@s/s:%', port: 6000 }],
    ['env', { password: 'p' }],
  ])('is read from %s', async (secretId, expected) => {
    expect(await connection(secretId)).toMatchObject({ host: 'db.example.com', user: 'u', database: 'shop', sslMode: 'verify-full', ...expected });
  });

  it.each([
    ['broken', 'the secret broken begins as JSON, and is none.'],
    ['other', 'the secret other has neither DATABASE_URL nor host and username in it.'],
    ['missing', 'the secret missing cannot be read: ResourceNotFoundException.'],
  ])('is an error that does not tell it: %s', async (secretId, message) => {
    await expect(connection(secretId)).rejects.toThrow(message);
    await expect(connection(secretId)).rejects.toThrow(/^(?!.*s3cr3t)/);
  });
});
