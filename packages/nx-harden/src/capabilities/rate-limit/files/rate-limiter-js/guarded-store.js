import { onDeadline } from './deadline';

import { inTurn } from './turns';

/** Longest that a request waits for the store, in ms. */
const DEADLINE = 450;
const FAILURES_TO_OPEN = 3;
const PROBE_EVERY = 2_000;
/** A failure that comes sooner leaves time for another try, in ms: a connection that was kept open ends when nobody looks. */
const EARLY = 100;

/** A verdict, and whether this instance gave it alone because the store did not. */

/**
 * A circuit breaker around a store. It never rejects and never takes longer than the deadline: what the store does not
 * answer, this instance answers alone. After a few failures the store is left alone, and asked again every two seconds
 * by a request that does not wait for it.
 */
export class GuardedStore {
  store;
  memory;
  say;
  failures = 0;
  lastError;
  openSince;
  nextProbe = 0;
  hasAnswered = false;

  constructor(store, memory, say) {
    this.store = store;
    this.memory = memory;
    this.say = say;
  }

  async check(check, { isClosed, later }) {
    if (this.openSince !== undefined) {
      const verdict = await this.probe(check, isClosed, later);
      if (verdict) return { ...verdict, isAlone: false };
      const alone = this.alone(check);
      if (alone.isAllowed) await inTurn();
      return alone;
    }
    const started = performance.now();
    let { verdict, error } = await this.ask(check, DEADLINE);
    if (!verdict && performance.now() - started < EARLY) ({ verdict, error } = await this.ask(check, DEADLINE - EARLY));
    if (verdict) {
      this.failures = 0;
      this.hasAnswered = true;
      return { ...verdict, isAlone: false };
    }
    this.fail(error);
    // The first connection of an instance takes its time, which is no reason to keep people out.
    return { ...this.alone(check), isAlone: this.hasAnswered || this.openSince !== undefined };
  }

  alone(check) {
    return { ...this.memory.check(check), isAlone: true };
  }

  /** Asks again when it is time to. Only what is closed waits for it. */
  async probe(check, isClosed, later) {
    const now = performance.now();
    if (now < this.nextProbe) return undefined;
    this.nextProbe = now + PROBE_EVERY;
    const probing = this.ask(check, isClosed ? DEADLINE : PROBE_EVERY).then(({ verdict }) => {
      if (verdict && this.openSince !== undefined) this.close(this.openSince);
      return verdict;
    });
    if (isClosed) return probing;
    later(probing);
    return undefined;
  }

  close(openSince) {
    this.say(`Redis answers again, after ${Math.ceil((performance.now() - openSince) / 1000)} s.`);
    this.openSince = undefined;
    this.failures = 0;
    this.hasAnswered = true;
  }

  /** One request of the store may carry many questions; its failure is one. */
  fail(error) {
    if (error === this.lastError || error === busy) return;
    this.lastError = error;
    this.failures++;
    if (this.failures < FAILURES_TO_OPEN || this.openSince !== undefined) return;
    this.openSince = performance.now();
    this.nextProbe = this.openSince + PROBE_EVERY;
    this.say(`Redis ${reasonOf(error)}. Each instance counts by itself until it answers again.`);
  }

  ask(check, deadline) {
    return new Promise((resolve) => {
      const callOff = onDeadline(deadline, (isLate) => resolve({ error: isLate ? busy : new Error('deadline') }));
      this.store.check(check).then(
        (verdict) => {
          callOff();
          resolve({ verdict });
        },
        (error) => {
          callOff();
          resolve({ error });
        },
      );
    });
  }
}

/** That this process was too busy is no failure of the store. */
const busy = new Error('busy');

/** In words, and without the text of the error, which may hold a client's address. */
function reasonOf(error) {
  const { name = '', message = '', cause } = error;
  if (name === 'TimeoutError' || name === 'AbortError' || message === 'deadline') return 'does not answer in time';
  // Behind these words the message goes on with the whole command.
  if (/^(unauthorized|wrongpass|noauth)/i.test(message)) return 'refuses the token (UPSTASH_REDIS_REST_TOKEN)';
  if (name === 'UpstashJSONParseError') return 'is not what answers (UPSTASH_REDIS_REST_URL)';
  if (name === 'UrlError') return 'has no https:// address (UPSTASH_REDIS_REST_URL)';
  return `cannot be asked (${cause?.code ?? (name || 'unknown')})`;
}
