import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

/** One item of an envelope: its header's type, and its payload. */
export interface SentryItem {
  type: string;
  payload: Record<string, unknown>;
}

/** A stand-in for Sentry's ingest on loopback, written from its protocol of envelopes: it takes all and answers with an id. */
export interface SentryIngest {
  /** For NEXT_PUBLIC_SENTRY_DSN. */
  dsn: string;
  /** All that came, in order. */
  items: SentryItem[];
  /** What came as it came, to look for what must not be in it. */
  raw: () => string;
  /** Waits for errors with this text, and then a while, since one too many comes late. */
  errors: (text: string) => Promise<SentryItem[]>;
  forget: () => void;
  stop: () => Promise<void>;
}

/** How long an event may take: the browser and the server send in the background. */
const LONGEST = 15_000;
const SETTLED = 2_500;

export async function startSentryIngest(): Promise<SentryIngest> {
  const items: SentryItem[] = [];
  let raw = '';
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      raw += `${JSON.stringify(request.headers)}\n${body}\n`;
      items.push(...itemsOf(body));
      response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' });
      response.end(JSON.stringify({ id: 'a'.repeat(32) }));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const matching = (text: string) => items.filter(({ type, payload }) => type === 'event' && JSON.stringify(payload['exception'] ?? '').includes(text));
  return {
    dsn: `http://0123456789abcdef0123456789abcdef@127.0.0.1:${port}/1`,
    items,
    raw: () => raw,
    errors: async (text) => {
      for (let waited = 0; waited < LONGEST && matching(text).length === 0; waited += 100) await sleep(100);
      if (matching(text).length > 0) await sleep(SETTLED);
      return matching(text);
    },
    forget: () => {
      items.length = 0;
      raw = '';
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const body = await buffer(request);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
}

/** A header of the envelope, then for each item a header and a payload, a line each. */
function itemsOf(envelope: string): SentryItem[] {
  const [, ...lines] = envelope.split('\n').filter((line) => line !== '');
  const items: SentryItem[] = [];
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const { type } = parse(lines[at]) as { type?: string };
    if (type) items.push({ type, payload: parse(lines[at + 1]) });
  }
  return items;
}

function parse(line = ''): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    // A recording is binary.
    return {};
  }
}
