import { LOCAL_TOKEN, startRedisRest } from './start-redis-rest';
import { untilToldToStop } from './until-told-to-stop';

/** What `rate-limit-redis` is asked for. */
export interface ServeCommand {
  port: number;
  /** A `redis://` URL without a password, or `env:NAME`. */
  redis?: string | undefined;
  env: NodeJS.ProcessEnv;
}

/** Serves until it is told to stop; false when it could not start, or when its Redis ended by itself. */
export async function serveCommand({ port, redis, env }: ServeCommand, output: { write(text: string): unknown }): Promise<boolean> {
  const say = (line: string): void => void output.write(`${line}\n`);
  const { told, dispose } = untilToldToStop();
  try {
    const token = env['UPSTASH_REDIS_REST_TOKEN'] || LOCAL_TOKEN;
    const redisUrl = redis === undefined ? undefined : resolveRedisUrl(redis, env);
    const rest = await startRedisRest({ port, token, redisUrl, say });
    say(`${rest.version} over REST, on this machine alone, until Ctrl-C.${redisUrl === undefined ? ' It keeps nothing.' : ''} Put into .env.local of the app:\n`);
    say(`UPSTASH_REDIS_REST_URL=${rest.url}`);
    // A token of somebody's own may be a real one, and is not printed.
    say(token === LOCAL_TOKEN ? `UPSTASH_REDIS_REST_TOKEN=${LOCAL_TOKEN}\n` : 'UPSTASH_REDIS_REST_TOKEN as in your environment\n');
    const how = await Promise.race([told, rest.redisEnded]);
    if (how !== undefined) say('Start this target again.');
    await rest.stop();
    const { requests, commands } = rest.counts();
    say(`Served ${requests} ${requests === 1 ? 'request' : 'requests'} with ${commands} ${commands === 1 ? 'command' : 'commands'}.`);
    return how === undefined;
  } catch (error) {
    say((error as Error).message);
    return false;
  } finally {
    dispose();
  }
}

/** `env:NAME`, or a URL without a password: one on a command line is in the history and in the list of processes. */
function resolveRedisUrl(value: string, env: NodeJS.ProcessEnv): string {
  const [, variable] = /^env:(\w+)$/.exec(value) ?? [];
  const source = variable ?? '--redis';
  const text = variable === undefined ? value : env[variable];
  if (!text) throw new Error(`${source} is not set: it is to hold the URL of a Redis server, such as redis://127.0.0.1:6379.`);
  if (!/^rediss?:\/\//i.test(text) || !URL.canParse(text)) throw new Error(`${source} does not hold the URL of a Redis server, such as redis://127.0.0.1:6379.`);
  if (variable === undefined && new URL(text).password) throw new Error('--redis holds a password, which is now in the history of the shell: change it, put the URL into an environment variable, and name that: --redis=env:NAME.');
  return text;
}
