import { isLoopback } from './api-address';
import type { Present } from './plan';
import type { Resource } from './resources';

/** The URLs of the heartbeats that go into a variable, by its name. Throws for one that is no URL of the monitor's. */
export function heartbeatUrls(wanted: readonly Resource[], present: readonly Present[], apiUrl: string): Record<string, string> {
  const urls: Record<string, string> = {};
  for (const { kind, name, env } of wanted) {
    const url = present.find((one) => one.kind === kind && one.name === name)?.attributes['url'];
    if (env === undefined || url === undefined) continue;
    if (!isHeartbeatUrl(url, apiUrl)) throw new Error(`Better Stack's URL for the heartbeat "${name}" is none that a job can call, so ${env} is not set.`);
    urls[env] = url;
  }
  return urls;
}

/** Nothing that a reader of env files takes for more than text. */
function isHeartbeatUrl(url: unknown, apiUrl: string): url is string {
  if (typeof url !== 'string' || !/^[\w:/.?=&%~-]+$/.test(url) || !URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(new URL(url)) && hostname === new URL(apiUrl).hostname);
}

/** The commands that hand the URLs over to a workflow: from the file, so that no shell remembers one. */
export function howToSetSecrets(names: readonly string[], envFile: string, environment: string | undefined): string {
  const file = /^[\w./-]+$/.test(envFile) ? envFile : `'${envFile.replaceAll("'", "'\\''")}'`;
  const commands = names.map((name) => `  sed -n 's/^\\(export \\)\\{0,1\\}${name}=//p' ${file} | tail -n 1 | gh secret set ${name}${environment === undefined ? '' : ` --env ${environment}`}`);
  return ['A job on GitHub reads a secret of that name. From the file, so that the URL is shown to nobody:', ...commands].join('\n');
}
