import { describe, expect, it } from 'vitest';
import type { Finding } from '../../capability';
import { readNextApp } from '../../next-app';
import { treeOf } from '../../testing/fixtures';
import { uptimeFixture } from '../../testing/uptime-app';
import { checkUptime } from './check';

const HEALTH = 'app/api/health/route.ts';
const OWN = "export async function GET() {\n  return Response.json({ up: true }, { headers: { 'cache-control': 'no-store' } });\n}\n";
/** What is said of the monitors of an app with those files. */
function monitorsOf(files: Record<string, string>): Finding | undefined {
  const tree = treeOf(uptimeFixture(files));
  return checkUptime(tree, readNextApp(tree, 'web')).find(({ check }) => check === 'uptime/monitors');
}

describe('the audit of monitors', () => {
  const withFile = (file: object): Finding | undefined => monitorsOf({ [HEALTH]: OWN, 'uptime.json': JSON.stringify({ prefix: 'nx-harden web: ', url: 'https://example.com', ...file }) });
  const [home, health] = [{ name: 'home', path: '/' }, { name: 'health', path: '/api/health' }];

  it.each<[string, object[], Finding['status'], RegExp]>([
    ['both', [home, health], 'pass', /^2 addresses are watched/],
    ['a page alone', [home], 'warn', /Nobody asks \/api\/health/],
    ['the health check alone', [health], 'warn', /No page is watched/],
    ['both, one of them paused', [home, { ...health, paused: true }], 'warn', /Nobody asks/],
    ['nothing', [], 'fail', /No monitor watches anything/],
    ['something wrong', [{ ...home, frequency: 1 }], 'fail', /uptime\.json: monitors\[0\]\.frequency: /],
  ])('sees %s', (_, monitors, status, message) => {
    expect(withFile({ monitors })).toMatchObject({ status, message: expect.stringMatching(message), file: 'apps/web/uptime.json' });
  });

  it('fails without a file', () => {
    expect(monitorsOf({})).toMatchObject({ status: 'fail', fix: 'nx g @chronos/nx-harden:uptime web --url=https://example.com' });
  });
});
