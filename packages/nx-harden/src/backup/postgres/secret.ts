import { ConnectionError, parseConnection, type Connection } from './connection';

/**
 * The connection that a secret of AWS Secrets Manager holds: a URL, or the JSON that AWS itself writes for databases
 * ({@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html}). Credentials
 * come by the SDK's chain. Throws {@link ConnectionError}, which never holds the secret.
 */
export async function connectionFromSecret(secretId: string, { region, endpoint = process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] }: { region?: string | undefined; endpoint?: string | undefined } = {}): Promise<Connection> {
  const { SecretsManagerClient, GetSecretValueCommand } = await load();
  const client = new SecretsManagerClient({ ...(region && { region }), ...(endpoint && { endpoint }) });
  const source = `the secret ${secretId}`;
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (!SecretString) throw new ConnectionError(`${source} holds no text.`);
    return fromText(SecretString, source);
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    throw new ConnectionError(`${source} cannot be read: ${(error as Error).name}. The role needs secretsmanager:GetSecretValue on it, and the region has to be right.`);
  } finally {
    client.destroy();
  }
}

function fromText(text: string, source: string): Connection {
  if (!text.trimStart().startsWith('{')) return parseConnection(text, source);
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConnectionError(`${source} begins as JSON, and is none.`);
  }
  const known = (...names: string[]): string | undefined => names.map((name) => value[name]).find((one) => typeof one === 'string' || typeof one === 'number')?.toString();
  const url = known('DIRECT_URL', 'DATABASE_URL', 'url');
  if (url) return parseConnection(url, source);
  const host = known('host');
  const user = known('username', 'user');
  if (!host || !user) throw new ConnectionError(`${source} has neither DATABASE_URL nor host and username in it.`);
  const part = encodeURIComponent;
  return parseConnection(`postgres://${part(user)}:${part(known('password') ?? '')}@${host}:${known('port') ?? '5432'}/${part(known('dbname', 'database') ?? user)}`, source);
}

async function load(): Promise<typeof import('@aws-sdk/client-secrets-manager')> {
  try {
    return await import('@aws-sdk/client-secrets-manager');
  } catch {
    throw new ConnectionError('--secretId needs the package @aws-sdk/client-secrets-manager in the workspace: pnpm add -Dw @aws-sdk/client-secrets-manager (or npm install -D …).');
  }
}
