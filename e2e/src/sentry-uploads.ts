import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A stand-in for Sentry's API of releases and source maps on loopback, written from its published endpoints. */
export interface SentryUploads {
  url: string;
  /** `METHOD path`, in order. */
  calls: string[];
  /** Bodies of the uploads, as they came. */
  uploaded: () => Buffer;
  /** The token that each call came with. */
  tokens: Set<string>;
  stop: () => Promise<void>;
}

export async function startSentryUploads(): Promise<SentryUploads> {
  const calls: string[] = [];
  const chunks: Buffer[] = [];
  const tokens = new Set<string>();
  const server = createServer((request, response) => {
    void answer(request).then((body) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const body = await buffer(request);
    calls.push(`${request.method} ${pathname}`);
    tokens.add(request.headers.authorization ?? '');
    if (pathname.endsWith('/chunk-upload/') && request.method === 'GET') {
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/upload/`, chunkSize: 8 * 2 ** 20, chunksPerRequest: 64, maxFileSize: 2 ** 31, maxRequestSize: 32 * 2 ** 20, concurrency: 1, hashAlgorithm: 'sha1', compression: [], accept: ['debug_files', 'release_files', 'pdbs', 'sources', 'artifact_bundles', 'artifact_bundles_v2'] };
    }
    if (pathname === '/upload/') chunks.push(body);
    if (pathname.endsWith('/assemble/')) {
      const { chunks: wanted = [] } = JSON.parse(body.toString()) as { chunks?: string[] };
      return chunks.length > 0 ? { state: 'ok', missingChunks: [] } : { state: 'not_found', missingChunks: wanted };
    }
    return { version: 'a', projects: [], dateCreated: new Date().toISOString(), dateReleased: null };
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    calls,
    uploaded: () => Buffer.concat(chunks),
    tokens,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
