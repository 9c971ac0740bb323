/** One question to a store: may this client call once more? */

/** What a store says. */

/** Counts the calls of clients. It may reject; whoever asks has to cope. */

/** A map that forgets what was not used for longest, so that many clients cannot fill the memory. */
export class RecentMap {
  entries = new Map();
  most;

  constructor(most) {
    this.most = most;
  }

  get(key) {
    return this.entries.get(key);
  }

  set(key, value) {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size <= this.most) return;
    const oldest = this.entries.keys().next();
    if (!oldest.done) this.entries.delete(oldest.value);
  }

  delete(key) {
    this.entries.delete(key);
  }
}
