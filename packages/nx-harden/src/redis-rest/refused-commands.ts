import type { Command } from './commands';

/** Why a command is refused, and which are. All clients share one connection, which the first ones would block or change for the others. */
const REFUSED: readonly (readonly [reason: string, names: string])[] = [
  ['it would turn the connection, which all requests share, into a stream', 'SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE MONITOR SYNC PSYNC'],
  ['it would make all other requests wait', 'BLPOP BRPOP BLMOVE BRPOPLPUSH BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF'],
  ['it would change the connection, which all requests share', 'AUTH HELLO SELECT QUIT RESET CLIENT ASKING READONLY READWRITE'],
  ['a transaction is sent as one request, to /multi-exec', 'MULTI EXEC DISCARD WATCH UNWATCH'],
  ['it is for those who run the server', 'SHUTDOWN CONFIG DEBUG ACL MODULE CLUSTER FAILOVER REPLICAOF SLAVEOF REPLCONF MIGRATE SAVE BGSAVE BGREWRITEAOF SWAPDB MOVE LATENCY SLOWLOG'],
];

const REASONS = new Map(REFUSED.flatMap(([reason, names]) => names.split(' ').map((name) => [name, reason] as const)));

/** The error for a command that is not passed on, or undefined. */
export function refusalOf({ name, args }: Command): Error | undefined {
  const command = name.toUpperCase();
  const reason = REASONS.get(command) ?? reasonByArguments(command, args);
  return reason === undefined ? undefined : new Error(`ERR ${command} is not available here: ${reason}`);
}

function reasonByArguments(command: string, args: Command['args']): string | undefined {
  const words = args.map((argument) => String(argument).toUpperCase());
  // A group may have any name, that of an option too.
  const options = command === 'XREADGROUP' ? words.slice(3) : words;
  if ((command === 'XREAD' || command === 'XREADGROUP') && options.slice(0, options.indexOf('STREAMS')).includes('BLOCK')) return 'with BLOCK it would make all other requests wait';
  if (command === 'SCRIPT' && (words[0] === 'DEBUG' || words[0] === 'KILL')) return 'of SCRIPT, only LOAD, EXISTS and FLUSH are';
  return undefined;
}
