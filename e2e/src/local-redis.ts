import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.ts';
import { commandLines } from './process-watch.ts';
import { startServer } from './server.ts';

/** `nx run web:rate-limit-redis`, as somebody has it in a terminal beside the app. */
export interface LocalRedis {
  port: number;
  /** The variables that it says are to be put into .env.local. */
  env: Record<string, string>;
  /** Ctrl-C. Returns the command lines of what runs still after that: there should be none. */
  stop: () => Promise<string[]>;
}

/** Starts it in a workspace; `temp` is where it puts its socket. */
export async function startLocalRedis(workspace: string, temp: string, port?: number): Promise<LocalRedis> {
  const folder = join(temp, 'redis');
  await mkdir(folder, { recursive: true });
  const at = port ?? (await freePort());
  const server = await startServer('pnpm', ['exec', 'nx', 'run', 'web:rate-limit-redis', `--port=${at}`], workspace, `http://127.0.0.1:${at}`, { env: { TMPDIR: folder }, signal: 'SIGINT' });
  const env = Object.fromEntries([...server.output().matchAll(/^(UPSTASH_REDIS_REST_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
  // Its Redis is named by its socket, which is in this folder.
  const running = async (): Promise<string[]> => (await commandLines()).filter((line) => line.includes(`${folder}/`));
  if ((await running()).length === 0) throw new Error(`No Redis is seen by a socket in ${folder}, so nobody could tell whether it ends.`);
  const stop = async (): Promise<string[]> => {
    await server.stop();
    // Nx itself may be gone before what it has started.
    for (let tries = 0; tries < 50 && (await running()).length > 0; tries++) await sleep(100);
    return running();
  };
  return { port: at, env, stop };
}
