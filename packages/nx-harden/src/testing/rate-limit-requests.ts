import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { NextRequest, type NextFetchEvent } from 'next/server';
import type { Identify } from '../capabilities/rate-limit/files/rate-limiter/client';
import type { Policy } from '../capabilities/rate-limit/files/rate-limiter/policy';
import type { RateLimitApp } from './rate-limit-app';

/** A proxy as Next calls it. */
export type LimitedProxy = (request: NextRequest, event: NextFetchEvent) => Promise<Response | undefined>;
/** What `createRateLimit` of an app makes. */
export type WithRateLimit = (handler?: unknown, config?: () => { matcher?: unknown }) => LimitedProxy;
/** `createRateLimit` of an app. */
export type CreateRateLimit = (policies: readonly Policy[], options?: { identify?: Identify }) => WithRateLimit;

/** Loads an app's limiter anew, so that nothing of an earlier load is remembered. */
export async function loadRateLimit({ dir }: RateLimitApp, extension = 'ts'): Promise<CreateRateLimit> {
  const copy = mkdtempSync(join(dir, 'load-'));
  cpSync(join(dir, 'hardening'), join(copy, 'hardening'), { recursive: true });
  const { createRateLimit } = (await import(`${copy}/hardening/rate-limiter/with-rate-limit.${extension}`)) as { createRateLimit: CreateRateLimit };
  return createRateLimit;
}

/** A request as Next hands it to a proxy. */
export function requestTo(path: string, headers: ConstructorParameters<typeof Headers>[0] = {}, method = 'GET'): NextRequest {
  return new NextRequest(`http://web.example${path}`, { method, headers: new Headers(headers) });
}

/** An event that collects what goes on after the answer. */
export function fetchEvent(): NextFetchEvent & { after: Promise<unknown>[] } {
  const after: Promise<unknown>[] = [];
  return { after, waitUntil: (work: Promise<unknown>) => void after.push(work) } as unknown as NextFetchEvent & { after: Promise<unknown>[] };
}

/** Makes so many calls, one after the other, and says how many of them were let through. */
export async function admitted(proxy: LimitedProxy, calls: number, request: (index: number) => NextRequest): Promise<number> {
  let count = 0;
  for (let index = 0; index < calls; index++) {
    const response = await proxy(request(index), fetchEvent());
    if (response === undefined || response.status < 400) count++;
  }
  return count;
}
