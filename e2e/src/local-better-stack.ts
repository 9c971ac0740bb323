import { join } from 'node:path';
import { REPOSITORY } from './shell.ts';

/** A server in the place of Better Stack's API, as the plugin's own tests have it. */
export interface LocalBetterStack {
  url: string;
  stored: Record<'monitors' | 'heartbeats', { id: string; attributes: Record<string, unknown> }[]>;
  befall: ((method: string, path: string) => { mode: 'status'; status: number; body?: unknown } | { mode: 'lost-answer' } | undefined) | undefined;
  readonly seen: string[];
  readonly beats: { id: string; body: string }[];
  stop: () => Promise<void>;
}

/** Starts one on loopback that takes that token. */
export async function startLocalBetterStack(token: string): Promise<LocalBetterStack> {
  const { startBetterStack } = (await import(join(REPOSITORY, 'packages/nx-harden/src/testing/better-stack.ts'))) as { startBetterStack: (token: string) => Promise<LocalBetterStack> };
  return startBetterStack(token);
}
