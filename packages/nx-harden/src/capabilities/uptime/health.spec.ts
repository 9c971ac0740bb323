import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startScratchServer, type ScratchServer } from '../../backup/postgres/scratch-server';
import { NEXT_16 } from '../../testing/fixture-parts';
import { renderUptimeApp, uptimeFixture } from '../../testing/uptime-app';
import type { Readiness } from './files/health/readiness';

/** What a whole look may take. */
const LIMIT = 2_000;

let app: Awaited<ReturnType<typeof renderUptimeApp>>;
let postgres: ScratchServer;
let said: string[];
beforeAll(async () => {
  // On Next 14, where the route needs nothing of Next's own to be called.
  app = await renderUptimeApp(uptimeFixture({}, { ...NEXT_16, next: '14.2.30' }));
  postgres = await startScratchServer({ major: 15 });
});
afterAll(async () => {
  await postgres?.stop();
  app?.remove();
});
beforeEach(() => {
  vi.resetModules();
  for (const name of ['DATABASE_URL', 'DATABASE_URI', 'POSTGRES_URL']) vi.stubEnv(name, '');
  said = [];
  for (const method of ['error', 'warn', 'log', 'info'] as const) vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => void said.push(parts.join(' ')));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

interface Answer {
  status: number;
  body: Readiness;
  text: string;
  headers: Headers;
  ms: number;
}

/** A new instance of the app, with the database at that URL. */
async function instance(url: string, variable = 'DATABASE_URL'): Promise<() => Promise<Answer>> {
  vi.stubEnv(variable, url);
  vi.resetModules();
  const { GET } = (await import(join(app.dir, 'app/api/health/route'))) as { GET: () => Promise<Response> };
  return async () => {
    const started = performance.now();
    const response = await GET();
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text) as Readiness, text, headers: response.headers, ms: performance.now() - started };
  };
}

/** Neither the answer nor the log tells a stranger where the database is, and who may use it. */
function expectSilence({ text }: Answer, url: string): void {
  const { hostname, port, username, password } = new URL(url);
  for (const secret of [hostname, port, username, password, decodeURIComponent(password)].filter(Boolean)) {
    expect(text).not.toContain(secret);
    expect(said.join('\n')).not.toContain(secret);
  }
}

/** A door to the server that counts who comes, and can be shut in several ways. */
async function startDoor(): Promise<{ url: string; comers: () => number; open: () => number; become: (mode: 'open' | 'black hole' | 'stalls') => void; stop: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  let mode = 'open';
  let comers = 0;
  const server: Server = createServer((socket) => {
    comers += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    // Read, or it would not be seen when the other side goes.
    if (mode === 'black hole') return void socket.resume();
    const inner = connect(postgres.port, postgres.host);
    inner.on('error', () => socket.destroy());
    socket.on('close', () => inner.destroy());
    inner.pipe(socket);
    // The question of a connection that is made is never answered: `Q` begins a query.
    socket.on('data', (chunk: Buffer) => void (mode === 'stalls' && chunk[0] === 0x51 ? undefined : inner.write(chunk)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = Object.assign(new URL(postgres.url), { port: String((server.address() as AddressInfo).port) }).href;
  return {
    url,
    comers: () => comers,
    open: () => sockets.size,
    become: (next) => (mode = next),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('/api/health', () => {
  it.each(['DATABASE_URL', 'DATABASE_URI', 'POSTGRES_URL'])('is 200 while the database of %s answers, and kept by no cache', async (variable) => {
    const answer = await (await instance(postgres.url, variable))();
    expect(answer).toMatchObject({ status: 200, body: { status: 'ok', checks: { database: 'ok' } } });
    expect(Object.fromEntries(answer.headers)).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(said).toEqual([]);
  });

  it('is 503 with the wrong password, and says neither it nor whose it is', async () => {
    const url = Object.assign(new URL(postgres.url), { password: 'wr0ng-passw0rd' }).href;
    const answer = await (await instance(url))();
    expect(answer).toMatchObject({ status: 503, body: { status: 'unavailable', checks: { database: 'failed' } } });
    expect(answer.ms).toBeLessThan(LIMIT);
    expect(said).toEqual(['[health] database: 28P01']);
    expectSilence(answer, url);
  });

  it('is 503 when nothing listens', async () => {
    const door = await startDoor();
    await door.stop();
    const answer = await (await instance(door.url))();
    expect(answer).toMatchObject({ status: 503, body: { checks: { database: 'failed' } } });
    expect(answer.ms).toBeLessThan(LIMIT);
    expect(said).toEqual(['[health] database: ECONNREFUSED']);
    expectSilence(answer, door.url);
  });

  it.each(['black hole', 'stalls'] as const)('is 503 in time when the database is there and does not answer: %s; nothing is left open', async (mode) => {
    const door = await startDoor();
    try {
      door.become(mode);
      const answer = await (await instance(door.url))();
      expect(answer).toMatchObject({ status: 503, body: { checks: { database: 'timeout' } } });
      expect(answer.ms).toBeLessThan(LIMIT);
      expectSilence(answer, door.url);
      await vi.waitFor(() => expect(door.open()).toBe(0), { timeout: 1_000 });
    } finally {
      await door.stop();
    }
  });

  it('is 503 without the variable: a deployment that has lost it cannot serve', async () => {
    expect(await (await instance(''))()).toMatchObject({ status: 503, body: { checks: { database: 'failed' } } });
    expect(said).toEqual(['[health] database: NO_DATABASE_URL']);
  });

  it('is 503 when what is in the variable is no address, and does not say what is', async () => {
    const answer = await (await instance('postgres://me:pa%ss-w0rd@[broken'))();
    expect(answer.status).toBe(503);
    expect(answer.text + said.join()).not.toMatch(/pa%ss|broken/);
  });

  it('costs one connection in five seconds, however often it is asked for', async () => {
    const door = await startDoor();
    try {
      const ask = await instance(door.url);
      const answers = await Promise.all(Array.from({ length: 300 }, ask));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      await Promise.all(Array.from({ length: 300 }, ask));
      expect(door.comers()).toBe(1);
      await vi.waitFor(() => expect(door.open()).toBe(0));

      const now = Date.now();
      vi.spyOn(Date, 'now').mockReturnValue(now + 5_001);
      door.become('black hole');
      const flood = Array.from({ length: 300 }, ask);
      await sleep(200);
      // Longer than an answer is kept: as long as one looks, the others wait for it.
      vi.mocked(Date.now).mockReturnValue(now + 20_000);
      flood.push(...Array.from({ length: 300 }, ask));
      expect((await Promise.all(flood)).every(({ status }) => status === 503)).toBe(true);
      expect(door.comers()).toBe(2);
    } finally {
      await door.stop();
    }
  });

  it('says in the log when it changes, and not each time', async () => {
    const door = await startDoor();
    try {
      const ask = await instance(door.url);
      let now = Date.now();
      vi.spyOn(Date, 'now').mockImplementation(() => (now += 6_000));
      await ask();
      door.become('black hole');
      await ask();
      await ask();
      door.become('open');
      expect((await ask()).status).toBe(200);
      expect(said).toEqual(['[health] database: no answer in 1500 ms', '[health] all is well again']);
    } finally {
      await door.stop();
    }
  });

  it('asks anew after the clock was set back', async () => {
    const door = await startDoor();
    try {
      const ask = await instance(door.url);
      await ask();
      const now = Date.now();
      vi.spyOn(Date, 'now').mockReturnValue(now - 3_600_000);
      await ask();
      expect(door.comers()).toBe(2);
    } finally {
      await door.stop();
    }
  });
});

describe('the database', () => {
  it('is stopped, and started again: 503, then 200', async () => {
    const own = await startScratchServer({ major: 15 });
    let now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => (now += 6_000));
    const ask = await instance(own.url);
    expect((await ask()).status).toBe(200);
    await own.stop();
    const answer = await ask();
    expect(answer.status).toBe(503);
    expect(answer.ms).toBeLessThan(LIMIT);
    expectSilence(answer, own.url);
    vi.stubEnv('DATABASE_URL', postgres.url);
    expect((await ask()).status).toBe(200);
  });
});

describe('an app with the Pages Router, in JavaScript', () => {
  it('answers the same, to GET and HEAD alone', async () => {
    const pages = await renderUptimeApp(uptimeFixture({ 'tsconfig.json': null, 'app/layout.tsx': null, 'app/page.tsx': null, 'pages/index.jsx': 'export default () => null;\n' }));
    try {
      vi.stubEnv('DATABASE_URL', postgres.url);
      const ready = ((await import(join(pages.dir, 'pages/api/health/index.js'))) as { default: (request: object, response: object) => Promise<void> }).default;
      const live = ((await import(join(pages.dir, 'pages/api/health/live.js'))) as { default: (request: object, response: object) => void }).default;
      const call = async (handler: typeof ready | typeof live, method: string): Promise<unknown[]> => {
        const heard: unknown[] = [];
        const response = { setHeader: (...header: string[]) => heard.push(header.join(': ')), status: (status: number) => (heard.push(status), response), json: (body: unknown) => heard.push(body), end: () => undefined };
        await handler({ method }, response);
        return heard;
      };
      for (const method of ['GET', 'HEAD']) expect(await call(ready, method)).toEqual(['cache-control: no-store', 200, { status: 'ok', checks: { database: 'ok' } }]);
      expect(await call(ready, 'POST')).toEqual(['cache-control: no-store', 'allow: GET, HEAD', 405]);
      expect(await call(live, 'GET')).toEqual(['cache-control: no-store', 200, { status: 'ok' }]);
    } finally {
      pages.remove();
    }
  });
});
