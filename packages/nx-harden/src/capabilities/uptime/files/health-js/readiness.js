/** Looks at one thing that the app cannot serve without; throws when it is not there. It should give up when the signal says so. */

/** What is told to whoever asks: no reasons and no names of hosts, which are for the log. */

/** A monitor waits for a few seconds; whoever is that slow serves nobody. */
const LIMIT = 1_500;
/** Nothing limits how often a health check is asked for, so a flood of them costs one look in this time. */
const KEPT_FOR = 5_000;

/** Makes the function that tells whether this instance can serve. Calls at the same time, and soon after, share one look. */
export function createReadiness(checks) {
  let since = 0;
  let look;
  let isDone = true;
  let lastSaid = '';
  return () => {
    const now = Date.now();
    // A clock that was set back must not keep an old answer for hours.
    const isFresh = now >= since && now - since < KEPT_FOR;
    if (look && (isFresh || !isDone)) return look;
    since = now;
    isDone = false;
    const say = (line) => {
      if (line && line !== lastSaid) console.error(`[health] ${line}`);
      if (!line && lastSaid) console.warn('[health] all is well again');
      lastSaid = line;
    };
    const lookOnce = async () => {
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

async function lookAtAll(checks, say) {
  const looks = await Promise.all(Object.keys(checks).map((name) => lookAt(name, checks[name])));
  say(
    looks
      .filter(({ result }) => result !== 'ok')
      .map(({ name, reason }) => `${name}: ${reason}`)
      .join(', '),
  );
  const results = {};
  for (const { name, result } of looks) results[name] = result;
  return { status: looks.every(({ result }) => result === 'ok') ? 'ok' : 'unavailable', checks: results };
}

async function lookAt(name, check) {
  const controller = new AbortController();
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => {
      resolve({ name, result: 'timeout', reason: `no answer in ${LIMIT} ms` });
      controller.abort();
    }, LIMIT);
  });
  const answer = Promise.resolve(controller.signal)
    .then(check)
    .then(
      () => ({ name, result: 'ok', reason: '' }),
      (error) => ({ name, result: 'failed', reason: codeOf(error) }),
    );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A code, and never a message: a driver's may have the address, the user or the password in it. */
function codeOf(error) {
  const code = typeof error === 'object' && error !== null ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{3,40}$/.test(code) ? code : 'failed';
}
