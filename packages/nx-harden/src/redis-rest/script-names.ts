import { createHash } from 'node:crypto';
import type { Command } from './commands';
import type { Reply } from './redis-connection';

/** A command as stock Redis takes it, and what its reply becomes for the client. */
export interface AdaptedCommand {
  command: Command;
  adaptReply?: (reply: Reply) => Reply;
}

/** Upstash's own flag: it may run scripts with other keys at the same time, which stock Redis never does. It refuses flags that it does not know. */
const UPSTASH_FLAG = 'allow-key-locking';

/** A client that makes a new script for each call must not fill the memory; it gets NOSCRIPT for the oldest, and sends that again. */
const REMEMBERED = 1000;

/**
 * Lets scripts run that carry Upstash's flag: it is taken out, and Redis then knows the script by another SHA-1 than
 * the client does. The client's is remembered with Redis' own.
 */
export class ScriptNames {
  readonly #redisNames = new Map<string, string>();

  /** The command for Redis. One without such a script stays as it is. */
  adapt(command: Command): AdaptedCommand {
    const [first, ...rest] = command.args;
    switch (command.name.toUpperCase()) {
      case 'EVAL':
      case 'EVAL_RO':
        return first === undefined ? { command } : { command: { name: command.name, args: [this.#scriptForRedis(first).script, ...rest] } };
      case 'EVALSHA':
      case 'EVALSHA_RO':
        return first === undefined ? { command } : { command: { name: command.name, args: [this.#redisName(first), ...rest] } };
      case 'SCRIPT':
        return this.#adaptScript(command, String(first ?? '').toUpperCase(), rest);
      default:
        return { command };
    }
  }

  #adaptScript(command: Command, subcommand: string, rest: Command['args']): AdaptedCommand {
    const [text] = rest;
    if (subcommand === 'EXISTS') return { command: { name: command.name, args: ['EXISTS', ...rest.map((name) => this.#redisName(name))] } };
    if (subcommand !== 'LOAD' || text === undefined) return { command };
    const { script, name } = this.#scriptForRedis(text);
    return {
      command: { name: command.name, args: ['LOAD', script] },
      ...(name !== undefined && { adaptReply: (reply) => (reply instanceof Error ? reply : Buffer.from(name)) }),
    };
  }

  #redisName(name: string | Buffer): string | Buffer {
    return this.#redisNames.get(String(name).toLowerCase()) ?? name;
  }

  /** The script without the flag, and the client's name of it when that differs. */
  #scriptForRedis(text: string | Buffer): { script: string | Buffer; name?: string } {
    const script = withoutFlag(text);
    if (script === undefined) return { script: text };
    const name = sha1(text);
    this.#redisNames.delete(name);
    this.#redisNames.set(name, sha1(script));
    const [oldest] = this.#redisNames.keys();
    if (this.#redisNames.size > REMEMBERED && oldest !== undefined) this.#redisNames.delete(oldest);
    return { script, name };
  }
}

/** Undefined for a script that does not carry the flag. */
function withoutFlag(text: string | Buffer): Buffer | undefined {
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text);
  const end = bytes.indexOf('\n');
  const [, engine, list, after] = /^(#!\S+)[ \t]+flags=(\S*)(.*)$/s.exec(bytes.subarray(0, Math.max(end, 0)).toString('latin1')) ?? [];
  const flags = list?.split(',') ?? [];
  if (!flags.includes(UPSTASH_FLAG)) return undefined;
  const kept = flags.filter((flag) => flag !== UPSTASH_FLAG);
  // The line end stays, so that errors name the lines of the client's text. Alone, the engine's line goes too: Redis 6 does not know it.
  const firstLine = kept.length > 0 ? `${engine} flags=${kept.join(',')}${after}` : '';
  return Buffer.concat([Buffer.from(firstLine, 'latin1'), bytes.subarray(end)]);
}

function sha1(text: string | Buffer): string {
  return createHash('sha1').update(text).digest('hex');
}
