import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with one request. */
export type BetterStackFault =
  | { mode: 'status'; status: number; retryAfter?: string; body?: unknown }
  /** The connection ends before the request is done. */
  | { mode: 'cut' }
  /** It is done, and its answer is lost. */
  | { mode: 'lost-answer' }
  | { mode: 'no-answer' };

export type Kind = 'monitors' | 'heartbeats';

export interface StoredResource {
  id: string;
  attributes: Record<string, unknown>;
}

/** A server on loopback in the place of Better Stack's API. */
export interface BetterStackServer {
  /** With `/api/v2`. */
  url: string;
  token: string;
  stored: Record<Kind, StoredResource[]>;
  /** What befalls the next requests, in turn; undefined for nothing. A function chooses by the request. */
  faults: (BetterStackFault | undefined)[];
  befall: ((method: string, path: string) => BetterStackFault | undefined) | undefined;
  /** All requests: `POST /monitors`. */
  readonly seen: string[];
  /** Calls of heartbeats: the id, and what came with them. */
  readonly beats: { id: string; body: string }[];
  stop(): Promise<void>;
}

const DEFAULT_PER_PAGE = 50;
const MOST_PER_PAGE = 250;
/** What a new monitor has that nobody asked for. */
const MONITOR_DEFAULTS = { monitor_type: 'status', call: false, sms: false, email: true, push: true, check_frequency: 180, request_timeout: 30, confirmation_period: 0, recovery_period: 180, regions: ['us', 'eu', 'as', 'au'], verify_ssl: true, ssl_expiration: null, domain_expiration: null, policy_id: null, expected_status_codes: [], required_keyword: null, http_method: 'get', status: 'pending', paused_at: null };
const HEARTBEAT_DEFAULTS = { call: false, sms: false, email: true, push: true, policy_id: null, status: 'pending', paused_at: null };

/**
 * Starts one. It answers as the published API does (betterstack.com/docs/uptime/api, and the provider for Terraform):
 * JSON:API, a bearer token, pages of 50 to 250 with links, 201 and 204, `errors` as a text or by field. It is written
 * from that; nobody has compared it with the real one.
 */
export async function startBetterStack(token = 'better-stack-test-token'): Promise<BetterStackServer> {
  const better: BetterStackServer = { url: '', token, stored: { monitors: [], heartbeats: [] }, faults: [], befall: undefined, seen: [], beats: [], stop: async () => undefined };
  let nextId = 1000;
  const server = createServer((request, response) => {
    request.on('error', () => response.destroy());
    void serve(better, () => String(nextId++), request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  better.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2`;
  better.stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return better;
}

async function serve(better: BetterStackServer, newId: () => string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', better.url);
  const method = request.method ?? 'GET';
  const body = Buffer.concat(await request.toArray()).toString();
  const [, beat] = /^\/api\/v1\/heartbeat\/([\w-]+)/.exec(url.pathname) ?? [];
  if (beat !== undefined) {
    better.beats.push({ id: beat, body });
    return void response.writeHead(200).end();
  }
  const path = url.pathname.replace('/api/v2', '');
  better.seen.push(`${method} ${path}`);
  const fault = better.befall?.(method, path) ?? better.faults.shift();
  if (fault?.mode === 'no-answer') return;
  if (fault?.mode === 'cut') return void response.destroy();
  if (fault?.mode === 'status') return answer(response, fault.status, fault.body ?? { errors: 'Something went wrong' }, fault.retryAfter);
  if (request.headers.authorization !== `Bearer ${better.token}`) return answer(response, 401, { errors: 'Invalid API token' });
  const { status, body: content } = handle(better, newId, method, path, url, body);
  if (fault?.mode === 'lost-answer') return void response.destroy();
  answer(response, status, content);
}

function handle(better: BetterStackServer, newId: () => string, method: string, path: string, url: URL, body: string): { status: number; body?: unknown } {
  const [, kind, id] = /^\/(monitors|heartbeats)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (kind !== 'monitors' && kind !== 'heartbeats') return { status: 404, body: { errors: 'Not found' } };
  const stored = better.stored[kind];
  const one = stored.find((resource) => resource.id === id);
  if (id !== undefined && !one) return { status: 404, body: { errors: 'Resource with provided ID was not found' } };
  if (method === 'GET' && id === undefined) return { status: 200, body: page(kind, stored, url) };
  if (method === 'GET' && one) return { status: 200, body: { data: shown(kind, one) } };
  if (method === 'DELETE' && one) {
    stored.splice(stored.indexOf(one), 1);
    return { status: 204 };
  }
  const attributes = JSON.parse(body) as Record<string, unknown>;
  const errors = complaints(kind, attributes, method === 'POST');
  if (Object.keys(errors).length > 0) return { status: 422, body: { errors } };
  const { paused, ...rest } = attributes;
  const changes = { ...rest, ...(paused !== undefined && { paused_at: paused ? '2026-11-24T00:00:00.000Z' : null }) };
  if (method === 'PATCH' && one) {
    Object.assign(one.attributes, changes);
    return { status: 200, body: { data: shown(kind, one) } };
  }
  if (method !== 'POST' || id !== undefined) return { status: 405, body: { errors: 'Method not allowed' } };
  const made = newId();
  const defaults = kind === 'monitors' ? MONITOR_DEFAULTS : { ...HEARTBEAT_DEFAULTS, url: `${new URL(better.url).origin}/api/v1/heartbeat/beat-${made}` };
  stored.push({ id: made, attributes: { ...defaults, ...changes } });
  return { status: 201, body: { data: shown(kind, stored.at(-1) as StoredResource) } };
}

function page(kind: Kind, stored: readonly StoredResource[], url: URL): unknown {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? DEFAULT_PER_PAGE), MOST_PER_PAGE);
  const number = Number(url.searchParams.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(stored.length / size));
  const link = (to: number): string => `${url.origin}${url.pathname}?per_page=${size}&page=${to}`;
  return {
    data: stored.slice((number - 1) * size, number * size).map((one) => shown(kind, one)),
    pagination: { first: link(1), last: link(last), prev: number > 1 ? link(number - 1) : null, next: number < last ? link(number + 1) : null },
  };
}

function shown(kind: Kind, { id, attributes }: StoredResource): unknown {
  return { id, type: kind.slice(0, -1), attributes };
}

/** As Rails has them: a list of sentences for each field. */
function complaints(kind: Kind, attributes: Record<string, unknown>, isNew: boolean): Record<string, string[]> {
  const errors: Record<string, string[]> = {};
  if (kind === 'monitors' && (isNew || 'url' in attributes) && !URL.canParse(String(attributes['url']))) errors['url'] = ['is invalid'];
  if (kind === 'monitors' && Number(attributes['check_frequency'] ?? 180) < 30) errors['check_frequency'] = ['must be greater than or equal to 30'];
  if (kind === 'heartbeats' && isNew && !attributes['name']) errors['name'] = ["can't be blank"];
  return errors;
}

function answer(response: ServerResponse, status: number, body: unknown, retryAfter?: string): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(retryAfter !== undefined && { 'retry-after': retryAfter }) });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
