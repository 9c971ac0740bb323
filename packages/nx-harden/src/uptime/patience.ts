import { setTimeout as sleep } from 'node:timers/promises';

/** How long somebody waits for Better Stack; times are in milliseconds. */
export interface Patience {
  /** Times that something is asked. */
  attempts: number;
  /** Of one question. */
  timeoutMs: number;
  /** Before the second attempt; doubled for each one after. */
  firstWaitMs: number;
  /** Longest that `Retry-After` is obeyed. */
  longestWaitMs: number;
}

/** For a person or a job that wants it done. */
export const PATIENT: Patience = { attempts: 5, timeoutMs: 15_000, firstWaitMs: 1_000, longestWaitMs: 60_000 };
/** For an audit, which has other things to look at. */
export const HASTY: Patience = { attempts: 2, timeoutMs: 5_000, firstWaitMs: 500, longestWaitMs: 2_000 };

/** Waits before the next attempt (counted from 1): as long as was asked for, else longer each time. */
export async function waitAfter(attempt: number, patience: Patience, retryAfter?: string | null): Promise<void> {
  await sleep(Math.min(askedFor(retryAfter) ?? patience.firstWaitMs * 2 ** (attempt - 1), patience.longestWaitMs));
}

/** `Retry-After` is in seconds, or a date. */
function askedFor(retryAfter: string | null | undefined): number | undefined {
  if (!retryAfter) return undefined;
  const ms = /^[\d.+-]+$/.test(retryAfter.trim()) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  // What says that there is nothing to wait for has not helped.
  return ms > 0 ? ms : undefined;
}
