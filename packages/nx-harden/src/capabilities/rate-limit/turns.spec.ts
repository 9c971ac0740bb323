import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderRateLimitApp, type RateLimitApp } from '../../testing/rate-limit-app';

let app: RateLimitApp;
beforeAll(async () => {
  app = await renderRateLimitApp();
});
afterAll(() => app.remove());

it('lets one request go on at once, and those that come while its turn lasts together', async () => {
  const { inTurn } = (await import(`${app.dir}/hardening/rate-limiter/turns.ts`)) as { inTurn: () => Promise<void> | undefined };
  expect(inTurn()).toBeUndefined();
  const went: string[] = [];
  const others = ['a', 'b', 'c'].map(async (name) => {
    await inTurn();
    went.push(name);
  });
  expect(went).toEqual([]);
  await Promise.all(others);
  expect(went).toEqual(['a', 'b', 'c']);
  // A turn that nobody came in was the last one.
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(inTurn()).toBeUndefined();
});
