/** What a heartbeat tells of. */
export type HeartbeatEvent = 'start' | 'success' | 'failure';

const TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;

/**
 * Tells a monitor. Better Stack's heartbeat is its URL, and `/fail` for a failure; it has none for a start. Healthchecks
 * has `/start` and `/fail`. Any other URL gets a POST with `{"event": "start" | "success" | "failure", …}`.
 * @returns what went wrong, without the URL, which is a secret; undefined when it arrived
 */
export async function sendHeartbeat(url: string, event: HeartbeatEvent, details: Record<string, string | number> = {}): Promise<string | undefined> {
  let address: URL;
  try {
    address = new URL(url);
  } catch {
    return 'the heartbeat is not a URL';
  }
  const kind = kindOf(address);
  if (kind === 'better-stack' && event === 'start') return undefined;
  if (kind !== 'other' && event !== 'success') address.pathname = `${address.pathname.replace(/\/$/, '')}/${event === 'failure' ? 'fail' : 'start'}`;
  const request: RequestInit = kind === 'other' ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ event, ...details }) } : { method: 'POST' };
  let complaint = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      const response = await fetch(address, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.ok) return undefined;
      complaint = `the heartbeat's monitor answered ${response.status}`;
    } catch (error) {
      const cause = (error as { cause?: { code?: string } }).cause?.code;
      complaint = `the heartbeat's monitor did not answer (${cause ?? (error as Error).name})`;
    }
    if (attempt < ATTEMPTS) await new Promise((resolve) => setTimeout(resolve, attempt * 500));
  }
  return complaint;
}

function kindOf({ hostname, pathname }: URL): 'better-stack' | 'healthchecks' | 'other' {
  if (/(^|\.)(betterstack|betteruptime)\.com$/.test(hostname)) return 'better-stack';
  return hostname === 'hc-ping.com' || /\/ping\/[0-9a-f-]{36}/.test(pathname) ? 'healthchecks' : 'other';
}
