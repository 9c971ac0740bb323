import { Redis } from '@upstash/redis';
import { onDeadline } from './deadline';

import { WINDOW_SCRIPT, WINDOW_SCRIPT_SHA } from './window-script';

/** A request to Redis that takes longer is given up, in ms. */
const LONGEST_REQUEST = 350;
/** While one is on its way, the next one leaves this much later, in ms: what comes up meanwhile goes with it. */
const SPACING = 20;
/**
 * Where none is on its way, a question waits for as many as there were the last time, and no longer than this, in ms: a
 * server gets through requests that go on together a third quicker (see `turns`). One alone never waits.
 */
const GATHERING = 8;
const MOST_REQUESTS = 8;
const MOST_CHECKS = 200;

/**
 * Counts in Redis, by Upstash's REST interface. Questions that come up together, or while an answer is awaited, go in
 * one request, and there in one command: that costs more than the hundred questions in it.
 */
export class RedisStore {
  url;
  token;
  redis;
  waiting = [];
  requests = 0;
  lastSent = 0;
  lastSize = 0;
  waitingSince = 0;
  timer;
  isDue = false;

  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  check(check) {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) this.waitingSince = performance.now();
      this.waiting.push({ check, resolve, reject });
      // An edge runtime may end a request's fetch with that request, so there each has its own.
      const { NEXT_RUNTIME } = process.env;
      if (NEXT_RUNTIME === 'edge') void this.send(this.waiting.splice(0));
      else this.schedule();
    });
  }

  schedule() {
    if (this.isDue || this.requests >= MOST_REQUESTS || this.waiting.length === 0) return;
    const now = performance.now();
    const due =
      this.requests > 0
        ? this.lastSent + SPACING
        : this.waiting.length < this.lastSize
          ? this.waitingSince + GATHERING
          : now;
    clearTimeout(this.timer);
    if (due > now) {
      this.timer = setTimeout(() => this.sendWaiting(), due - now);
    } else {
      this.isDue = true;
      afterThisTurn(() => this.sendWaiting());
    }
  }

  sendWaiting() {
    clearTimeout(this.timer);
    this.isDue = false;
    const together = this.waiting.splice(0, MOST_CHECKS);
    this.lastSize = together.length;
    this.lastSent = this.waitingSince = performance.now();
    this.requests++;
    void this.send(together).then(() => {
      this.requests--;
      this.schedule();
    });
    this.schedule();
  }

  /** Never rejects: each of the waiting gets what it came to. */
  async send(waiting) {
    try {
      let failure;
      const replies = await this.ask(waiting.map(({ check }) => check));
      waiting.forEach(({ check, resolve, reject }, index) => {
        const reply = toReply(replies[index]);
        // One key may be spoilt; that many fail in one request is one failure all the same.
        if ('error' in reply) return reject((failure ??= new Error(reply.error)));
        const { free, wait } = reply;
        resolve({
          isAllowed: free > 0,
          remaining: Math.max(0, free - 1),
          wait: Math.min(check.window, Math.max(1, wait)),
        });
      });
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  /** One command for all of them. */
  async ask(checks) {
    const now = Date.now();
    const keys = checks.map(({ key }) => key);
    const times = [String(now)].concat(
      ...checks.map(({ limit, window, spent, spentAt }) =>
        [limit, window, spent, spentAt, now - window, now + window].map(String),
      ),
    );
    const redis = this.connect();
    try {
      return await redis.evalsha(WINDOW_SCRIPT_SHA, keys, times);
    } catch (error) {
      // A Redis that was started again has forgotten the script.
      if (!/NOSCRIPT/.test(error.message)) throw error;
      return redis.eval(WINDOW_SCRIPT, keys, times);
    }
  }

  /** Throws for an address that is none: when it is needed, where that is a failure like others. */
  connect() {
    this.redis ??= new Redis({
      url: this.url,
      token: this.token,
      // Whoever asks has an answer of its own by then.
      retry: { retries: 0 },
      signal: () => {
        const controller = new AbortController();
        onDeadline(LONGEST_REQUEST, () => controller.abort());
        return controller.signal;
      },
      enableTelemetry: false,
      enableAutoPipelining: false,
    });
    return this.redis;
  }
}

function toReply(answer) {
  const [free, wait] = Array.isArray(answer) ? answer : [];
  if (typeof free === 'number' && typeof wait === 'number') return { free, wait };
  return { error: typeof answer === 'string' ? answer : 'no reply' };
}

/** All that this turn of the event loop brings is there by then. */
function afterThisTurn(work) {
  const { setImmediate } = globalThis;
  if (setImmediate) setImmediate(work);
  else setTimeout(work, 0);
}
