import { RecentMap } from './store';

const MOST_CLIENTS = 10_000;

/** Counts in this instance alone: where there is no Redis in development, and while it does not answer. */
export class MemoryStore {
  logs = new RecentMap(MOST_CLIENTS);

  /** The time of each call in the window is kept, and late and wrong clocks are taken, as the script in Redis does it. */
  check({ key, limit, window, spent, spentAt }, clock = Date.now()) {
    const known = this.logs.get(key) ?? [];
    const isWrong = (known[known.length - 1] ?? 0) > clock + window;
    const log = isWrong ? [] : known;
    for (let one = 0; one < spent; one++) log.push(spentAt);
    if (spent > 0) log.sort((a, b) => a - b);
    const calls = log.filter((at) => at > clock - window);
    const now = Math.max(clock, calls[calls.length - 1] ?? 0);
    const isAllowed = calls.length < limit;
    if (isAllowed) calls.push(now);
    this.logs.set(key, calls);
    const next = calls[Math.max(0, calls.length - limit)] ?? now;
    return {
      isAllowed,
      remaining: Math.max(0, limit - calls.length),
      wait: Math.min(window, Math.max(1, next + window - now)),
    };
  }
}
