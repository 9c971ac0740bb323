/** A command for Redis: strings are sent as UTF-8, bytes as they are. */
export interface Command {
  name: string;
  args: readonly (string | Buffer)[];
}

/** What a client asked for cannot be read as commands. */
export class MalformedRequest extends Error {}

/** One command from a JSON body: `["SET","key","value"]`. */
export function commandFromJson(body: Buffer): Command {
  return commandOf(parseJson(body));
}

/** Several commands from a JSON body: `[["SET","key","value"],["GET","key"]]`. */
export function commandsFromJson(body: Buffer): Command[] {
  const value = parseJson(body);
  if (!Array.isArray(value) || value.length === 0) throw new MalformedRequest('ERR the body is not an array of commands, such as [["SET","key","value"],["GET","key"]]');
  return value.map(commandOf);
}

/**
 * One command from a path: `/set/key/value?EX=10` or, with the value as the body, `/set/key?EX=10`. The body may be
 * any bytes. A parameter without a value, as in `?NX`, is one argument.
 */
export function commandFromPath(path: string, query: URLSearchParams, body: Buffer): Command {
  const [name = '', ...args] = path.slice(1).split('/').map(decodeSegment);
  if (name === '') throw new MalformedRequest('ERR no command: send one as a path, such as /get/key, or as a JSON array in the body of a POST');
  const options = [...query].filter(([option]) => option !== '_token').flatMap(([option, value]) => (value === '' ? [option] : [option, value]));
  return { name, args: [...args, ...(body.length > 0 ? [body] : []), ...options] };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf-8'));
  } catch (error) {
    throw new MalformedRequest(`ERR the body is not JSON: ${(error as Error).message}`);
  }
}

function commandOf(value: unknown): Command {
  if (!Array.isArray(value) || typeof value[0] !== 'string' || value[0] === '') throw new MalformedRequest('ERR a command is an array of its name and its arguments, such as ["SET","key","value"]');
  const [name, ...args] = value as [string, ...unknown[]];
  return { name, args: args.map(argumentOf) };
}

function argumentOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new MalformedRequest(`ERR an argument is a string, a number or a boolean, and not ${JSON.stringify(value)?.slice(0, 80)}`);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new MalformedRequest('ERR the path is not percent-encoded UTF-8; send bytes as the body of a POST');
  }
}
