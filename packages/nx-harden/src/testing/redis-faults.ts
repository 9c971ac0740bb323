import { once } from 'node:events';
import { createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is wrong with a Redis that is reached by REST. */
export type RedisFault =
  | 'none'
  /** Nothing listens. */
  | 'refused'
  /** The connection is taken, and nothing answered. */
  | 'black hole'
  /** Each answer takes 150 ms, as from another continent: no fault. */
  | 'far'
  /** Each answer comes two seconds late. */
  | 'slow'
  /** The token is another one. */
  | 'wrong token'
  /** JSON that is no reply. */
  | 'garbage'
  /** The page of some gateway, with status 502. */
  | 'HTML'
  /** Status 500 with an error as Upstash writes it. */
  | 'error 500'
  /** Each command is answered by an error, as by a Redis that still reads its data. */
  | 'command errors'
  /** The connection ends in the middle of the reply. */
  | 'half a reply';

/** A gate on loopback in front of a Redis REST server. */
export interface FaultGate {
  url: string;
  /** Requests that came to it. */
  requests: number;
  become: (fault: RedisFault) => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts a gate that lets all through until it is told otherwise. */
export async function startFaultGate(target: string): Promise<FaultGate> {
  const sockets = new Set<Socket>();
  let fault: RedisFault = 'none';
  let port = 0;
  const server = createServer((request, response) => {
    gate.requests++;
    request.on('error', () => response.destroy());
    handle(target, fault, request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  const open = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await open();
  const gate: FaultGate = {
    url: `http://127.0.0.1:${port}`,
    requests: 0,
    become: async (next) => {
      if (next === 'refused') await close();
      else if (!server.listening) await open();
      fault = next;
    },
    stop: close,
  };
  return gate;
}

async function handle(target: string, fault: RedisFault, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.concat(await request.toArray());
  const answer = (status: number, type: string, text: string) => void response.writeHead(status, { 'content-type': type }).end(text);
  switch (fault) {
    case 'black hole':
      return;
    case 'far':
    case 'slow':
      await sleep(fault === 'far' ? 150 : 2_000, undefined, { ref: false });
      break;
    case 'garbage':
      return answer(200, 'application/json', '[{"result":"1"},null,7]');
    case 'HTML':
      return answer(502, 'text/html', '<!doctype html><title>502 Bad Gateway</title><h1>401 or 403, who knows</h1>');
    case 'error 500':
      return answer(500, 'application/json', '{"error":"ERR internal error"}');
    case 'command errors':
      return answer(200, 'application/json', JSON.stringify((JSON.parse(body.toString()) as unknown[]).map(() => ({ error: 'LOADING Redis is loading the dataset in memory' }))));
    default:
  }
  const headers = { ...request.headers, ...(fault === 'wrong token' && { authorization: 'Bearer another' }) };
  const outgoing = sendRequest(`${target}${request.url}`, { method: request.method ?? 'POST', headers, agent: false });
  outgoing.end(body);
  const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
  const text = Buffer.concat(await reply.toArray());
  response.writeHead(reply.statusCode ?? 502, { ...reply.headers, 'content-length': text.length });
  if (fault !== 'half a reply') return void response.end(text);
  response.write(text.subarray(0, text.length / 2), () => response.destroy());
}
