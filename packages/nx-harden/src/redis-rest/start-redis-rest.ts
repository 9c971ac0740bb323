import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectRedis, type RedisConnection } from './redis-connection';
import { startRedisServer, type RedisServer } from './redis-server';
import { createRestServer, type Counts } from './rest-server';

/** The token where nobody sets one: no secret, since the server is reached from this machine alone. */
export const LOCAL_TOKEN = 'local-development';

export interface RedisRestOptions {
  /** A free one by default. */
  port?: number;
  token?: string;
  /** A Redis that runs: a `redis://` or `rediss://` URL, or the path of a Unix socket. By default one is started, and stopped with the rest. */
  redisUrl?: string;
  /** Is told, in a line, when Redis goes away and when it is back. */
  say?: (line: string) => void;
}

/** A REST server that runs. */
export interface RedisRest {
  url: string;
  token: string;
  /** Such as `Redis 7.0.15`. */
  version: string;
  /** Of the Redis that was started for it. */
  redisPid?: number;
  /** Resolves, with how, when the Redis that was started for it has ended, also when it was stopped; never for another Redis. */
  redisEnded: Promise<string>;
  counts(): Counts;
  /** Lets requests under way end, then stops what was started; may be called more than once. */
  stop(): Promise<void>;
}

/** How long requests under way may take when the server stops. */
const GRACE_MS = 2000;

/** Starts a server on loopback that speaks Upstash's REST protocol, over a real Redis. Throws one sentence with the remedy; nothing is left running then. */
export async function startRedisRest({ port = 0, token = LOCAL_TOKEN, redisUrl, say = () => undefined }: RedisRestOptions = {}): Promise<RedisRest> {
  const own: RedisServer | undefined = redisUrl === undefined ? await startRedisServer() : undefined;
  let redis: RedisConnection | undefined;
  try {
    // Our own does not come back, and is spoken of below.
    redis = own ? await connectRedis(own.socket) : await connectRedis(redisUrl ?? '', say);
    const counts: Counts = { requests: 0, commands: 0 };
    const server = createRestServer({ redis, token, counts });
    await listen(server, port);
    let isStopping = false;
    void own?.ended.then((how) => isStopping || say(`The Redis server ended ${how}: requests get status 503 from now on.`));
    const stop = async (): Promise<void> => {
      isStopping = true;
      await close(server);
      redis?.close();
      await own?.stop();
    };
    let stopping: Promise<void> | undefined;
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      token,
      version: redis.version,
      ...(own && { redisPid: own.pid }),
      redisEnded: own?.ended ?? new Promise<never>(() => undefined),
      counts: () => ({ ...counts }),
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    redis?.close();
    await own?.stop();
    throw error;
  }
}

async function listen(server: Server, port: number): Promise<void> {
  // Loopback, and no option: the token is well known.
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is in use on 127.0.0.1. Stop what listens there, or choose another one, such as --port=${port + 1}, and put it into UPSTASH_REDIS_REST_URL.`, { cause: error });
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A client keeps its connection after the answer; close() ends only those that wait at this moment.
  const tidy = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(tidy);
  clearTimeout(cut);
}
