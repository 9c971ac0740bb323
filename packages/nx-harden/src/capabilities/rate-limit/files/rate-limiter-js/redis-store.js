import { Redis } from '@upstash/redis';
import { onDeadline } from './deadline';

import { WINDOW_SCRIPT, WINDOW_SCRIPT_SHA } from './window-script';

/** A request to Redis that takes longer is given up, in ms. */
const LONGEST_REQUEST = 350;
/** While one is on its way, the next one leaves this much later, in ms: what comes up meanwhile goes with it. */
const SPACING = 20;
/** Where none is on its way, in ms: those that come close together go in one, and go on together (see `turns`). */
const GATHERING = 8;
const MOST_REQUESTS = 8;
const MOST_CHECKS = 200;

/**
 * Counts in Redis, by Upstash's REST interface. Questions that come up together, or while an answer is awaited, go in
 * one request: a request costs more than the hundred questions in it.
 */
export class RedisStore {
  url;
  token;
  redis;
  waiting = [];
  requests = 0;
  lastSent = 0;
  timer;
  isDue = false;

  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  check(check) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ check, resolve, reject });
      // An edge runtime may end a request's fetch with that request, so there each has its own.
      const { NEXT_RUNTIME } = process.env;
      if (NEXT_RUNTIME === 'edge') void this.send(this.waiting.splice(0));
      else this.schedule();
    });
  }

  schedule() {
    if (this.isDue || this.timer !== undefined || this.requests >= MOST_REQUESTS || this.waiting.length === 0) return;
    const rest = this.lastSent + (this.requests === 0 ? GATHERING : SPACING) - performance.now();
    if (rest <= 0) {
      this.isDue = true;
      afterThisTurn(() => this.sendWaiting());
    } else {
      this.timer = setTimeout(() => this.sendWaiting(), rest);
    }
  }

  sendWaiting() {
    this.isDue = false;
    this.timer = undefined;
    this.lastSent = performance.now();
    this.requests++;
    void this.send(this.waiting.splice(0, MOST_CHECKS)).then(() => {
      this.requests--;
      // What waits may leave sooner now.
      clearTimeout(this.timer);
      this.timer = undefined;
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
        const reply = replies[index] ?? { error: 'no reply' };
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

  async ask(checks) {
    const now = Date.now();
    const first = await this.run(checks, now, 'evalsha');
    if (!first.some(({ error }) => error?.startsWith('NOSCRIPT'))) return first.map(toReply);
    // A Redis that was started again has forgotten the script. The ones before the first loss have been counted.
    const lost = checks.filter((_, index) => first[index]?.error?.startsWith('NOSCRIPT'));
    const second = await this.run(lost, now, 'eval');
    return first.map((one) => toReply(one.error?.startsWith('NOSCRIPT') ? second.shift() : one));
  }

  async run(checks, now, command) {
    const pipeline = this.connect().pipeline();
    for (const { key, limit, window, spent, spentAt } of checks) {
      const times = [now, limit, window, spent, spentAt, now - window, now + window].map(String);
      if (command === 'eval') pipeline.eval(WINDOW_SCRIPT, [key], times);
      else pipeline.evalsha(WINDOW_SCRIPT_SHA, [key], times);
    }
    return pipeline.exec({ keepErrors: true });
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
  const [free, wait] = Array.isArray(answer?.result) ? answer.result : [];
  return typeof free === 'number' && typeof wait === 'number' ? { free, wait } : { error: answer?.error ?? 'no reply' };
}

/** All that this turn of the event loop brings is there by then. */
function afterThisTurn(work) {
  const { setImmediate } = globalThis;
  if (setImmediate) setImmediate(work);
  else setTimeout(work, 0);
}
