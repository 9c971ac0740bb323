import { Command as RedisCommand, Redis, ReplyError, type RedisOptions } from 'ioredis';
import type { Command } from './commands';

/** What Redis answers: strings as bytes, integers as their digits, since 64 bits do not fit a number. An error may stand in an array. */
export type Reply = Buffer | string | null | Error | Reply[];

/** Redis is away: nobody knows what became of the commands. */
export class RedisAway extends Error {}

/** One connection for all clients; commands that are sent together stay together. */
export interface RedisConnection {
  /** Where it leads, without a password. */
  name: string;
  /** Such as `Redis 7.0.15`. */
  version: string;
  /** Sends commands in order. An error of Redis is a reply; throws {@link RedisAway}. */
  send(commands: readonly Command[]): Promise<Reply[]>;
  /** Sends commands as one transaction. An error is returned alone when Redis did none of them; throws {@link RedisAway}. */
  transact(commands: readonly Command[]): Promise<Reply[] | Error>;
  close(): void;
}

const OPTIONS: RedisOptions = {
  // The shapes of replies that Upstash gives are those of the older protocol.
  protocol: 2,
  stringNumbers: true,
  lazyConnect: true,
  disableClientInfo: true,
  connectTimeout: 5000,
  // A command is sent once or fails: sent again after a cut, it might be done twice, and half a transaction might be.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
};

/** Connects to a `redis://` or `rediss://` URL, or to a Unix socket by its path. Throws when that fails; later it reconnects, and says so once each time. */
export async function connectRedis(target: string, say: (line: string) => void = () => undefined): Promise<RedisConnection> {
  const name = nameOf(target);
  let wasReady = false;
  let isClosing = false;
  let lastError: Error | undefined;
  const redis = new Redis(target, { ...OPTIONS, retryStrategy: (times) => (wasReady ? Math.min(times * 50, 1000) : null) });
  redis.on('error', (error: Error) => (lastError = error));
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw new Error(`Redis at ${name} cannot be reached: ${(lastError ?? (error as Error)).message}. Start it, or correct its address (--redis); without --redis one is started for you.`, { cause: error });
  }
  wasReady = true;
  let isAway = false;
  // Each attempt to connect that fails is a close as well.
  redis.on('close', () => {
    if (!isAway && !isClosing) say(`Redis at ${name} is away: requests get status 503 until it is back.`);
    isAway = true;
  });
  redis.on('ready', () => {
    say(`Redis at ${name} is back.`);
    isAway = false;
  });

  const together = async (commands: readonly Command[]): Promise<Reply[]> => {
    const { stream } = redis;
    stream?.cork();
    const replies = commands.map((command) => sendOne(redis, command));
    stream?.uncork();
    return settle(replies, name);
  };
  const close = (): void => {
    isClosing = true;
    redis.disconnect();
  };
  try {
    return {
      name,
      version: versionIn(await redis.info('server')),
      send: together,
      async transact(commands) {
        const replies = await together([{ name: 'MULTI', args: [] }, ...commands, { name: 'EXEC', args: [] }]);
        const result = replies.at(-1);
        if (Array.isArray(result)) return result;
        // The error of the command that Redis did not take says more than EXEC's, which only says that there was one.
        return replies.find((reply) => reply instanceof Error) ?? new Error('ERR the transaction was not executed');
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function sendOne(redis: Redis, { name, args }: Command): Promise<Reply> {
  // In capitals: the library makes an object of what `hgetall` in small letters replies, and we pass on what Redis said.
  return redis.sendCommand(new RedisCommand(name.toUpperCase(), [...args], { replyEncoding: null })) as Promise<Reply>;
}

/** Waits for all replies, also after one that failed: none may reject unheard. */
async function settle(replies: readonly Promise<Reply>[], name: string): Promise<Reply[]> {
  const settled = await Promise.allSettled(replies);
  return settled.map((reply) => {
    if (reply.status === 'fulfilled') return reply.value;
    if (reply.reason instanceof ReplyError) return reply.reason as Error;
    throw new RedisAway(`Redis at ${name} is away`);
  });
}

function nameOf(target: string): string {
  if (target.startsWith('/')) return target;
  const url = new URL(target);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function versionIn(info: string): string {
  const [, valkey] = /^valkey_version:(\S+)/m.exec(info) ?? [];
  const [, redis] = /^redis_version:(\S+)/m.exec(info) ?? [];
  return valkey ? `Valkey ${valkey}` : `Redis ${redis ?? 'of an unknown version'}`;
}
