import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { userEnvironment } from './shell.ts';

export interface RunningServer {
  url: string;
  /** All that it has said so far. */
  output: () => string;
  stop: () => Promise<void>;
}

interface ServerOptions {
  env?: Record<string, string>;
  /** Longest that it may take until it answers. */
  seconds?: number;
  /** What ends it: SIGINT is Ctrl-C. */
  signal?: NodeJS.Signals;
}

/** Starts a server in a process group of its own, waits until it answers, and stops it with its children. */
export async function startServer(command: string, args: string[], cwd: string, url: string, { env = {}, seconds = 90, signal = 'SIGTERM' }: ServerOptions = {}): Promise<RunningServer> {
  const said: string[] = [];
  const child = execa(command, args, { cwd, env: userEnvironment(env), extendEnv: false, detached: true, cleanup: true, reject: false, all: true, stdin: 'ignore', buffer: false });
  child.all?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  let hasEnded = false;
  const ended = child.then(() => {
    hasEnded = true;
  });
  const stop = async (): Promise<void> => {
    if (!hasEnded && child.pid) {
      process.kill(-child.pid, signal);
      const timer = setTimeout(() => !hasEnded && child.pid && process.kill(-child.pid, 'SIGKILL'), 5_000);
      await ended;
      clearTimeout(timer);
    }
  };
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline && !hasEnded) {
    if (await answers(url)) return { url, output: () => said.join(''), stop };
    await sleep(200);
  }
  await stop();
  throw new Error(`${command} ${args.join(' ')} did not answer at ${url}:\n${said.join('')}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return true;
  } catch (error) {
    if (error instanceof TypeError || (error as Error).name === 'TimeoutError') return false;
    throw error;
  }
}
