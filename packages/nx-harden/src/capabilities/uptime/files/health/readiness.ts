/** Looks at one thing that the app cannot serve without; throws when it is not there. It should give up when the signal says so. */
export type HealthCheck = (signal: AbortSignal) => Promise<unknown>;

/** What is told to whoever asks: no reasons and no names of hosts, which are for the log. */
export interface Readiness {
  status: 'ok' | 'unavailable';
  checks: { [name: string]: 'ok' | 'failed' | 'timeout' };
}

/** A monitor waits for a few seconds; whoever is that slow serves nobody. */
const LIMIT = 1_500;
/** Nothing limits how often a health check is asked for, so a flood of them costs one look in this time. */
const KEPT_FOR = 5_000;

/** Makes the function that tells whether this instance can serve. Calls at the same time, and soon after, share one look. */
export function createReadiness(checks: { [name: string]: HealthCheck }): () => Promise<Readiness> {
  let since = 0;
  let look: Promise<Readiness> | undefined;
  let isDone = true;
  let lastSaid = '';
  return () => {
    const now = Date.now();
    // A clock that was set back must not keep an old answer for hours.
    const isFresh = now >= since && now - since < KEPT_FOR;
    if (look && (isFresh || !isDone)) return look;
    since = now;
    isDone = false;
    const say = (line: string): void => {
      if (line && line !== lastSaid) console.error(`[health] ${line}`);
      if (!line && lastSaid) console.warn('[health] all is well again');
      lastSaid = line;
    };
    const lookOnce = async (): Promise<Readiness> => {
      try {
        return await lookAtAll(checks, say);
      } finally {
        isDone = true;
      }
    };
    look = lookOnce();
    return look;
  };
}

async function lookAtAll(checks: { [name: string]: HealthCheck }, say: (line: string) => void): Promise<Readiness> {
  const looks = await Promise.all(Object.keys(checks).map((name) => lookAt(name, checks[name])));
  say(looks.filter(({ result }) => result !== 'ok').map(({ name, reason }) => `${name}: ${reason}`).join(', '));
  const results: Readiness['checks'] = {};
  for (const { name, result } of looks) results[name] = result;
  return { status: looks.every(({ result }) => result === 'ok') ? 'ok' : 'unavailable', checks: results };
}

interface Look {
  name: string;
  result: 'ok' | 'failed' | 'timeout';
  reason: string;
}

async function lookAt(name: string, check: HealthCheck | undefined): Promise<Look> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Look>((resolve) => {
    timer = setTimeout(() => {
      resolve({ name, result: 'timeout', reason: `no answer in ${LIMIT} ms` });
      controller.abort();
    }, LIMIT);
  });
  const answer = Promise.resolve(controller.signal)
    .then(check)
    .then(
      (): Look => ({ name, result: 'ok', reason: '' }),
      (error: unknown): Look => ({ name, result: 'failed', reason: codeOf(error) }),
    );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A code, and never a message: a driver's may have the address, the user or the password in it. */
function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{3,40}$/.test(code) ? code : 'failed';
}
