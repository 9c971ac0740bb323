import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sendHeartbeat } from './heartbeat';

let server: Server | undefined;
afterEach(() => {
  server?.close();
  vi.restoreAllMocks();
});

/** A monitor that answers by these codes in turn, and what it heard. */
async function monitor(codes: number[]): Promise<{ url: string; heard: { path: string; method: string; body: string }[] }> {
  const heard: { path: string; method: string; body: string }[] = [];
  server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      heard.push({ path: request.url ?? '', method: request.method ?? '', body });
      response.writeHead(codes[heard.length - 1] ?? 200).end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

describe('a heartbeat', () => {
  it('goes to any URL, with what happened', async () => {
    const { url, heard } = await monitor([]);
    for (const event of ['start', 'success', 'failure'] as const) expect(await sendHeartbeat(`${url}/hook?x=1`, event, { seconds: 3 })).toBeUndefined();
    expect(heard.map(({ path, method, body }) => [path, method, JSON.parse(body)])).toEqual(['start', 'success', 'failure'].map((event) => ['/hook?x=1', 'POST', { event, seconds: 3 }]));
  });

  it('goes to Healthchecks as it has it', async () => {
    const { url, heard } = await monitor([]);
    const ping = '/ping/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278';
    for (const event of ['start', 'success', 'failure'] as const) await sendHeartbeat(`${url}${ping}`, event);
    expect(heard.map(({ path }) => path)).toEqual([`${ping}/start`, ping, `${ping}/fail`]);
  });

  it('goes to Better Stack as it has it: a start would be taken for a success', async () => {
    const asked: string[] = [];
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (address) => (asked.push(String(address)), new Response()));
    for (const event of ['start', 'success', 'failure'] as const) await sendHeartbeat('https://uptime.betterstack.com/api/v1/heartbeat/abc', event);
    expect(asked).toEqual(['https://uptime.betterstack.com/api/v1/heartbeat/abc', 'https://uptime.betterstack.com/api/v1/heartbeat/abc/fail']);
  });

  it('is tried again, and its failure told without the URL', async () => {
    const once = await monitor([500, 200]);
    expect(await sendHeartbeat(`${once.url}/s3cr3t`, 'success')).toBeUndefined();
    expect(once.heard).toHaveLength(2);
    server?.close();
    const never = await monitor([500, 503, 500]);
    expect(await sendHeartbeat(`${never.url}/s3cr3t`, 'success')).toBe("the heartbeat's monitor answered 500");
    server?.closeAllConnections();
    server?.close();
    expect(await sendHeartbeat(`${never.url}/s3cr3t`, 'success')).toBe("the heartbeat's monitor did not answer (ECONNREFUSED)");
    expect(await sendHeartbeat('s3cr3t', 'success')).toBe('the heartbeat is not a URL');
  });
});
