import { once } from 'node:events';
import { createServer, request as sendRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What goes wrong with the requests that it is for. */
export type Fault =
  /** The connection ends after some bytes of the request's body, or at once. */
  | { mode: 'cut'; afterBytes?: number }
  /** The server got the request and did it; its answer is lost. */
  | { mode: 'lost-answer' }
  /** The server's answer breaks off after some bytes of its body. */
  | { mode: 'cut-answer'; afterBytes: number }
  /** An error as S3 answers it. */
  | { mode: 'storm'; status: 500 | 503 }
  /** Status 200, and an error in the body. */
  | { mode: 'error-in-200' }
  | { mode: 'slow'; bytesPerSecond: number }
  /** Nothing is read and nothing answered; the connection stays. */
  | { mode: 'blackhole' };

export interface FaultPlan {
  fault: Fault;
  /** Of the requests that it is for, how many; all by default. */
  times?: number;
  /** Which requests; all by default. */
  when?: (request: { method: string; url: string }) => boolean;
}

export interface FaultyProxy {
  url: string;
  /** The faults in force; the first that is for a request befalls it. Change it at any time. */
  plans: FaultPlan[];
  /** All requests so far, and what befell them. */
  readonly seen: { method: string; url: string; headers: IncomingHttpHeaders; befell: Fault['mode'] | undefined; status?: number }[];
  /** Ends all connections that are open now. */
  cutAll(): void;
  stop(): Promise<void>;
}

/** Starts a proxy on loopback in front of an HTTP server, which spoils requests by plan. Host and headers go through as they are, for signatures. */
export async function startFaultyProxy(target: string, plans: FaultPlan[] = []): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  const used = new Map<FaultPlan, number>();
  const proxy: FaultyProxy = { url: '', plans, seen: [], cutAll: () => sockets.forEach((socket) => socket.destroy()), stop: async () => undefined };
  const choose = (method: string, url: string): Fault | undefined => {
    const plan = proxy.plans.find(({ when, times = Infinity }, index) => (when?.({ method, url }) ?? true) && (used.get(proxy.plans[index] as FaultPlan) ?? 0) < times);
    if (plan) used.set(plan, (used.get(plan) ?? 0) + 1);
    return plan?.fault;
  };
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const fault = choose(method, url);
    const entry: FaultyProxy['seen'][number] = { method, url, headers, befell: fault?.mode };
    proxy.seen.push(entry);
    // Kept: a request whose connection is gone has no socket any more.
    const { socket } = request;
    for (const stream of [request, response]) stream.on('error', () => socket.destroy());
    handle(target, request, response, fault, (status) => (entry.status = status)).catch(() => socket.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  // Slow requests and black holes last longer than Node lets a request last.
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  proxy.stop = async () => {
    server.close();
    proxy.cutAll();
    if (server.listening) await once(server, 'close');
  };
  return proxy;
}

async function handle(target: string, request: IncomingMessage, response: ServerResponse, fault: Fault | undefined, tell: (status: number) => void): Promise<void> {
  if (fault?.mode === 'blackhole') {
    request.pause();
    return;
  }
  if (fault?.mode === 'storm' || fault?.mode === 'error-in-200') {
    // As S3 does, it reads the body first: an answer in the middle of it would look like a cut.
    request.resume();
    await once(request, 'end');
    const status = fault.mode === 'storm' ? fault.status : 200;
    tell(status);
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${status === 503 ? 'SlowDown' : 'InternalError'}</Code><Message>Please try again.</Message><RequestId>0</RequestId></Error>`);
    return;
  }
  const { method, url: path, headers, socket } = request;
  const to = new URL(target);
  const outgoing = sendRequest({ host: to.hostname, port: to.port, method, path, headers, agent: false });
  const gone = () => {
    outgoing.destroy();
    socket.destroy();
  };
  outgoing.on('error', gone);
  response.on('close', () => response.writableFinished || outgoing.destroy());
  outgoing.on('response', (answer) => {
    tell(answer.statusCode ?? 0);
    if (fault?.mode === 'lost-answer') {
      answer.resume();
      answer.on('end', gone);
      return;
    }
    answer.on('error', gone);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    if (fault?.mode === 'cut-answer') void forward(answer, response, { ...fault, cut: gone }).catch(gone);
    else if (fault?.mode === 'slow') void forward(answer, response, fault).catch(gone);
    else answer.pipe(response);
  });
  if (fault?.mode === 'cut') await forward(request, outgoing, { afterBytes: fault.afterBytes ?? 0, cut: gone });
  else if (fault?.mode === 'slow') await forward(request, outgoing, fault);
  else request.pipe(outgoing);
}

/** Copies with a limit of speed, or until so many bytes have passed. */
async function forward(from: IncomingMessage, to: NodeJS.WritableStream, { bytesPerSecond, afterBytes, cut }: { bytesPerSecond?: number; afterBytes?: number; cut?: () => void }): Promise<void> {
  let passed = 0;
  if (afterBytes === 0) return cut?.();
  for await (const chunk of from as AsyncIterable<Buffer>) {
    const part = afterBytes === undefined ? chunk : chunk.subarray(0, afterBytes - passed);
    if (!to.write(part)) await once(to, 'drain');
    passed += part.byteLength;
    if (afterBytes !== undefined && passed >= afterBytes) {
      await sleep(20);
      return cut?.();
    }
    if (bytesPerSecond !== undefined) await sleep((part.byteLength / bytesPerSecond) * 1000);
  }
  to.end();
}
