/** One question to a store: may this client call once more? */
export interface Check {
  /** Of one client under one policy. */
  key: string;
  limit: number;
  /** Milliseconds. */
  window: number;
  /** Calls that were let through on credit since the last question, and when the last of them was (epoch, ms). */
  spent: number;
  spentAt: number;
}

/** What a store says. */
export interface Verdict {
  isAllowed: boolean;
  /** Calls that are left in the window. */
  remaining: number;
  /** Milliseconds until one more is. */
  wait: number;
}

/** Counts the calls of clients. It may reject; whoever asks has to cope. */
export interface Store {
  check: (check: Check) => Promise<Verdict>;
}

/** A map that forgets what was not used for longest, so that many clients cannot fill the memory. */
export class RecentMap<Value> {
  private readonly entries = new Map<string, Value>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  get(key: string): Value | undefined {
    return this.entries.get(key);
  }

  set(key: string, value: Value): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size <= this.most) return;
    const oldest = this.entries.keys().next();
    if (!oldest.done) this.entries.delete(oldest.value);
  }

  delete(key: string): void {
    this.entries.delete(key);
  }
}
