import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A deployment behind protection, as its platform documents it: no page without the cookie that the secret is exchanged for. */
export interface ProtectedProxy {
  url: string;
  /** Paths of the requests that carried the secret. */
  bypassed: string[];
  stop: () => Promise<void>;
}

/** Puts Vercel's Deployment Protection, written from its documentation, before a server on loopback. */
export async function startProtectedProxy(target: string, secret: string): Promise<ProtectedProxy> {
  const bypassed: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { headers, url = '/', method } = incoming;
    if (headers['x-vercel-protection-bypass'] === secret) {
      bypassed.push(url);
      return void outgoing.writeHead(307, { location: url, 'set-cookie': '_vercel_jwt=signed=; Path=/; HttpOnly; SameSite=Lax' }).end();
    }
    if (!headers.cookie?.includes('_vercel_jwt=signed=')) return void outgoing.writeHead(401, { 'content-type': 'text/html' }).end('Log in');
    const passed = ask(target + url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.writeHead(502).end());
    return void incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bypassed,
    stop: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}
