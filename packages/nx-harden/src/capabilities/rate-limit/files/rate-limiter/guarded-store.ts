import { onDeadline } from './deadline';
import type { MemoryStore } from './memory-store';
import type { Check, Store, Verdict } from './store';
import { inTurn } from './turns';

/** Longest that a request waits for the store, in ms. */
const DEADLINE = 450;
const FAILURES_TO_OPEN = 3;
const PROBE_EVERY = 2_000;
/** A failure that comes sooner leaves time for another try, in ms: a connection that was kept open ends when nobody looks. */
const EARLY = 100;

export interface Asking {
  /** Nobody is let through whom the store does not know, so that it is worth to wait for it. */
  isClosed: boolean;
  /** Keeps the instance alive for what goes on after the answer. */
  later: (work: Promise<unknown>) => void;
}

/** A verdict, and whether this instance gave it alone because the store did not. */
export interface GuardedVerdict extends Verdict {
  isAlone: boolean;
}

/**
 * A circuit breaker around a store. It never rejects and never takes longer than the deadline: what the store does not
 * answer, this instance answers alone. After a few failures the store is left alone, and asked again every two seconds
 * by a request that does not wait for it.
 */
export class GuardedStore {
  private readonly store: Store;
  private readonly memory: MemoryStore;
  private readonly say: (line: string) => void;
  private failures = 0;
  private lastError: unknown;
  private openSince: number | undefined;
  private nextProbe = 0;
  private hasAnswered = false;

  constructor(store: Store, memory: MemoryStore, say: (line: string) => void) {
    this.store = store;
    this.memory = memory;
    this.say = say;
  }

  async check(check: Check, { isClosed, later }: Asking): Promise<GuardedVerdict> {
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

  private alone(check: Check): GuardedVerdict {
    return { ...this.memory.check(check), isAlone: true };
  }

  /** Asks again when it is time to. Only what is closed waits for it. */
  private async probe(check: Check, isClosed: boolean, later: (work: Promise<unknown>) => void): Promise<Verdict | undefined> {
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

  private close(openSince: number): void {
    this.say(`Redis answers again, after ${Math.ceil((performance.now() - openSince) / 1000)} s.`);
    this.openSince = undefined;
    this.failures = 0;
    this.hasAnswered = true;
  }

  /** One request of the store may carry many questions; its failure is one. */
  private fail(error: unknown): void {
    if (error === this.lastError || error === busy) return;
    this.lastError = error;
    this.failures++;
    if (this.failures < FAILURES_TO_OPEN || this.openSince !== undefined) return;
    this.openSince = performance.now();
    this.nextProbe = this.openSince + PROBE_EVERY;
    this.say(`Redis ${reasonOf(error)}. Each instance counts by itself until it answers again.`);
  }

  private ask(check: Check, deadline: number): Promise<{ verdict?: Verdict; error?: unknown }> {
    return new Promise((resolve) => {
      const callOff = onDeadline(deadline, (isLate) => resolve({ error: isLate ? busy : new Error('deadline') }));
      this.store.check(check).then(
        (verdict) => {
          callOff();
          resolve({ verdict });
        },
        (error: unknown) => {
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
function reasonOf(error: unknown): string {
  const { name = '', message = '', cause } = error as { name?: string; message?: string; cause?: { code?: string } };
  if (name === 'TimeoutError' || name === 'AbortError' || message === 'deadline') return 'does not answer in time';
  // Behind these words the message goes on with the whole command.
  if (/^(unauthorized|wrongpass|noauth)/i.test(message)) return 'refuses the token (UPSTASH_REDIS_REST_TOKEN)';
  if (name === 'UpstashJSONParseError') return 'is not what answers (UPSTASH_REDIS_REST_URL)';
  if (name === 'UrlError') return 'has no https:// address (UPSTASH_REDIS_REST_URL)';
  return `cannot be asked (${cause?.code ?? (name || 'unknown')})`;
}
