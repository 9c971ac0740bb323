import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { commandFromJson, commandFromPath, commandsFromJson, MalformedRequest, type Command } from './commands';
import { RedisAway, type RedisConnection, type Reply } from './redis-connection';
import { refusalOf } from './refused-commands';
import { encodeError, encodeReply, type ReplyEncoding } from './reply-encoding';
import { ScriptNames, type AdaptedCommand } from './script-names';

/** What was served: requests that were let in, and the commands of clients that went to Redis. */
export interface Counts {
  requests: number;
  commands: number;
}

const MAX_BODY_BYTES = 2 ** 20;
const METHODS = ['HEAD', 'GET', 'POST', 'PUT'];

/** An HTTP server, not listening yet, that speaks Upstash's REST protocol for a Redis. */
export function createRestServer({ redis, token, counts }: { redis: RedisConnection; token: string; counts: Counts }): Server {
  const scripts = new ScriptNames();
  const expected = digest(token);
  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown): Answer => answerTo(error))
      .then(({ status, body, headers }) => {
        if (response.destroyed) return;
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers });
        response.end(body);
      })
      .catch(() => response.destroy());
  });
  // A client may use a connection again in the moment in which the server gives it up: it keeps them for long.
  server.keepAliveTimeout = 75_000;
  return server;

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { method = 'GET', url = '/', headers } = request;
    const [path = '/', search = ''] = splitOnce(url, '?');
    const query = new URLSearchParams(search);
    // The body is read in any case: a client that still sends would not see the answer.
    const body = await readBody(request);
    // The token is well known, so that any page in this machine's browser could send commands. Node's fetch sends no such header.
    if ((headers['sec-fetch-site'] ?? 'none') !== 'none') return { status: 403, body: encodeError('ERR this server is for programs, not for pages in a browser') };
    if (!timingSafeEqual(digest(tokenOf(headers.authorization, query)), expected)) return { status: 401, body: encodeError('WRONGPASS invalid or missing auth token: it is to be UPSTASH_REDIS_REST_TOKEN of the server') };
    counts.requests++;
    if (!METHODS.includes(method)) return { status: 405, body: encodeError(`ERR ${method} is not allowed`), headers: { allow: METHODS.join(', ') } };
    if (body === undefined) return { status: 413, body: encodeError(`ERR max request size exceeded: a body has at most ${MAX_BODY_BYTES} bytes`) };
    const encoding: ReplyEncoding = headers['upstash-encoding'] === 'base64' ? 'base64' : 'utf-8';
    const isWrite = method === 'POST' || method === 'PUT';
    const [, first = '', rest] = path.split('/', 3);
    if (first === 'pipeline' || first === 'multi-exec') {
      if (rest !== undefined) return { status: 404, body: encodeError(`ERR there is no ${path}: commands are sent in the body of a POST to /${first}`) };
      if (!isWrite) return { status: 405, body: encodeError(`ERR commands are sent in the body of a POST to /${first}`), headers: { allow: 'POST, PUT' } };
      return first === 'pipeline' ? pipeline(commandsFromJson(body), encoding) : transaction(commandsFromJson(body), encoding);
    }
    return single(path === '/' && isWrite ? commandFromJson(body) : commandFromPath(path, query, body), encoding);
  }

  async function single(command: Command, encoding: ReplyEncoding): Promise<Answer> {
    const [reply = null] = await run([command]);
    return { status: reply instanceof Error ? 400 : 200, body: encodeReply(reply, encoding) };
  }

  async function pipeline(commands: readonly Command[], encoding: ReplyEncoding): Promise<Answer> {
    return { status: 200, body: encodeAll(await run(commands), encoding) };
  }

  /** All or nothing: one command that is refused keeps the others from Redis as well. */
  async function transaction(commands: readonly Command[], encoding: ReplyEncoding): Promise<Answer> {
    const refusal = commands.map(refusalOf).find((error) => error !== undefined);
    if (refusal) return { status: 400, body: encodeError(refusal.message) };
    const adapted = commands.map((command) => scripts.adapt(command));
    counts.commands += adapted.length;
    const replies = await redis.transact(adapted.map(({ command }) => command));
    if (replies instanceof Error) return { status: 400, body: encodeError(replies.message) };
    return { status: 200, body: encodeAll(replies.map((reply, index) => adapted[index]?.adaptReply?.(reply) ?? reply), encoding) };
  }

  async function run(commands: readonly Command[]): Promise<Reply[]> {
    const steps = commands.map((command) => refusalOf(command) ?? scripts.adapt(command));
    const passed = steps.filter((step): step is AdaptedCommand => !(step instanceof Error));
    counts.commands += passed.length;
    const replies = passed.length > 0 ? await redis.send(passed.map(({ command }) => command)) : [];
    let next = 0;
    return steps.map((step) => {
      if (step instanceof Error) return step;
      const reply = replies[next++] ?? null;
      return step.adaptReply?.(reply) ?? reply;
    });
  }
}

interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

function answerTo(error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof MalformedRequest) return { status: 400, body: encodeError(message) };
  if (error instanceof RedisAway) return { status: 503, body: encodeError(`ERR ${message}`) };
  return { status: 500, body: encodeError(`ERR ${message}`) };
}

function encodeAll(replies: readonly Reply[], encoding: ReplyEncoding): string {
  return `[${replies.map((reply) => encodeReply(reply, encoding)).join(',')}]`;
}

function tokenOf(authorization: string | undefined, query: URLSearchParams): string {
  return authorization === undefined ? (query.get('_token') ?? '') : (/^Bearer (.*)$/i.exec(authorization)?.[1] ?? '');
}

/** Of one length, whatever the text is: how long a comparison takes then tells nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Undefined for a body that is too large, of which no more than the limit is kept. Rejects when the connection breaks. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => resolve(size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
