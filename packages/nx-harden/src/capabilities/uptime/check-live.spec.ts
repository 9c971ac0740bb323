import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyCapabilities } from '../../apply-capabilities';
import { readNextApp } from '../../next-app';
import { startBetterStack, type BetterStackServer } from '../../testing/better-stack';
import { treeOf } from '../../testing/fixtures';
import { uptimeFixture } from '../../testing/uptime-app';
import { applyPlan } from '../../uptime/apply-plan';
import { openBetterStack } from '../../uptime/better-stack';
import { HASTY } from '../../uptime/patience';
import { compare } from '../../uptime/uptime-command';
import { checkLiveUptime } from './check-live';

let server: BetterStackServer;
beforeEach(async () => (server = await startBetterStack('l1ve-token')));
afterEach(() => server.stop());

it('asks Better Stack what it has, and says what it has not', async () => {
  const tree = treeOf(uptimeFixture());
  await applyCapabilities(tree, 'web', [{ id: 'uptime', options: { url: 'https://example.com' } }]);
  const app = readNextApp(tree, 'web');
  const env = { BETTERSTACK_API_TOKEN: server.token, BETTERSTACK_API_URL: server.url };
  const look = (more: NodeJS.ProcessEnv = {}) => checkLiveUptime({ tree, app }, { ...env, ...more });

  expect(await look({ BETTERSTACK_API_TOKEN: '' })).toEqual([{ check: 'uptime/live', status: 'warn', message: 'Better Stack was not asked: BETTERSTACK_API_TOKEN is not set', file: 'apps/web/uptime.json', docs: 'uptime#live' }]);
  expect(server.seen).toEqual([]);
  expect(await look()).toMatchObject([{ status: 'warn', message: expect.stringContaining('+ monitor "nx-harden acme web: home page"; + monitor "nx-harden acme web: health"'), fix: 'nx run web:uptime --apply' }]);

  const api = openBetterStack({ baseUrl: server.url, token: server.token, patience: HASTY });
  const { plan } = await compare(tree.read('apps/web/uptime.json', 'utf-8') ?? '', api);
  await applyPlan(plan, api, HASTY, () => undefined);
  server.seen.length = 0;
  expect(await look()).toMatchObject([{ status: 'pass' }]);
  expect(server.seen).toEqual(['GET /monitors', 'GET /heartbeats']);

  for (const [more, message] of [
    [{ BETTERSTACK_API_TOKEN: 'wr0ng' }, /^Better Stack could not be compared: Better Stack does not take the token/],
    [{ BETTERSTACK_API_URL: 'http://example.com' }, /has to begin with https/],
  ] as const) {
    const [finding] = await look(more);
    expect(finding).toMatchObject({ status: 'warn', message: expect.stringMatching(message) });
    expect(JSON.stringify(finding)).not.toMatch(/wr0ng|l1ve/);
  }
});
