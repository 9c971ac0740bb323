const EVERY = 60_000;
const lastSaid = {};

/** Whether it is time to say something again: each subject once a minute, so that a flood of requests is no flood of lines. */
export function isDue(subject, now = Date.now()) {
  if (now - (lastSaid[subject] ?? -EVERY) < EVERY) return false;
  lastSaid[subject] = now;
  return true;
}
