/** Which backups are kept, as chosen by a team. All days, weeks, months and years are those of UTC. With none of the first five, all are. */
export interface RetentionPolicy {
  /** All of the last so many days (24 hours each). */
  keepDays?: number | undefined;
  /** The newest of each of the last so many days, ISO weeks, months, years that have one. */
  daily?: number | undefined;
  weekly?: number | undefined;
  monthly?: number | undefined;
  yearly?: number | undefined;
  /** Never fewer than so many verified ones, whatever their age. At least 1. */
  minimum: number;
}

export interface RetainedBackup {
  id: string;
  /** Time of its snapshot. */
  at: Date;
  /** Whole (it has a manifest) is given; verified is what its manifest says. */
  verified: boolean;
  /** It cannot be trusted: it counts for nothing, and is left for people to look at. */
  damaged?: boolean | undefined;
}

/** Each backup is in one of the two; both are newest first. */
export interface RetentionPlan {
  keep: { id: string; reasons: string[] }[];
  remove: { id: string; reason: string }[];
}

/** A policy that says nothing that can be followed. */
export class PolicyError extends Error {}

const DAY_MS = 86_400_000;
const CALENDAR = [
  ['daily', dayOf],
  ['weekly', weekOf],
  ['monthly', monthOf],
  ['yearly', yearOf],
] as const;

/** What a policy keeps and removes, newest first. Pure; `now` is the present. Throws {@link PolicyError}. */
export function planRetention(backups: readonly RetainedBackup[], policy: RetentionPolicy, now: Date): RetentionPlan {
  checkPolicy(policy);
  const { keepDays, minimum } = policy;
  const sorted = [...backups].sort(newestFirst);
  const reasons = new Map<RetainedBackup, string[]>(sorted.map((backup) => [backup, []]));
  const keep = (kept: readonly RetainedBackup[], reason: string): void => kept.forEach((backup) => reasons.get(backup)?.push(reason));

  const trusted = sorted.filter(({ damaged }) => !damaged);
  keep(sorted.filter(({ damaged }) => damaged), 'damaged, for people to look at');
  keep(trusted.filter(({ at }) => Number.isNaN(at.getTime())), 'its time is unknown');
  // A clock was wrong, and nobody knows which: such a one stays, and does not take the place of another.
  keep(trusted.filter(({ at }) => at > now), 'from the future');
  if (!hasRule(policy)) keep(trusted, 'no rule removes any');

  const past = trusted.filter(({ at }) => at <= now);
  const verified = past.filter((backup) => backup.verified);
  const [newest] = verified;
  if (newest) keep([newest], 'newest verified');
  else keep(past, 'none is verified');
  if (minimum > 1) keep(verified.slice(0, minimum), `one of the ${minimum} newest`);
  if (keepDays) keep(past.filter(({ at }) => now.getTime() - at.getTime() <= keepDays * DAY_MS), `younger than ${keepDays} ${keepDays === 1 ? 'day' : 'days'}`);
  else if (newest) keep(past.filter((backup) => !backup.verified && backup.at > newest.at), 'newer than the newest verified');
  for (const [rule, bucketOf] of CALENDAR) {
    for (const [bucket, backup] of newestOfEach(verified, bucketOf, policy[rule] ?? 0)) keep([backup], `${rule} ${bucket}`);
  }

  const plan: RetentionPlan = { keep: [], remove: [] };
  for (const [backup, found] of reasons) {
    if (found.length > 0) plan.keep.push({ id: backup.id, reasons: found });
    else plan.remove.push({ id: backup.id, reason: whyRemoved(backup, policy) });
  }
  return plan;
}

/** A number that is none would keep nothing of what it stands for, without a word. */
function checkPolicy(policy: RetentionPolicy): void {
  const { minimum, ...rules } = policy;
  if (!Number.isSafeInteger(minimum) || minimum < 1) throw new PolicyError(`keepMinimum is ${minimum}: it has to be a whole number, 1 or more. Nothing is removed.`);
  for (const [rule, value] of Object.entries(rules)) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 0)) throw new PolicyError(`The retention rule ${rule} is ${value}: it has to be a whole number. Nothing is removed.`);
  }
}

/** Zero is the same as not set. */
function hasRule({ keepDays, daily, weekly, monthly, yearly }: RetentionPolicy): boolean {
  return Boolean(keepDays || daily || weekly || monthly || yearly);
}

/** Of two at the same time, the name decides, so that every run decides alike. */
function newestFirst(a: RetainedBackup, b: RetainedBackup): number {
  const [timeA, timeB] = [a, b].map(({ at }) => (Number.isNaN(at.getTime()) ? Number.MAX_SAFE_INTEGER : at.getTime())) as [number, number];
  return timeB - timeA || (a.id < b.id ? 1 : -1);
}

/** The newest of each of the newest `count` buckets that have one. */
function newestOfEach(newestFirst: readonly RetainedBackup[], bucketOf: (at: Date) => string, count: number): Map<string, RetainedBackup> {
  const buckets = new Map<string, RetainedBackup>();
  for (const backup of newestFirst) {
    const bucket = bucketOf(backup.at);
    if (buckets.has(bucket)) continue;
    if (buckets.size >= count) break;
    buckets.set(bucket, backup);
  }
  return buckets;
}

function whyRemoved({ verified }: RetainedBackup, { keepDays, daily, weekly, monthly, yearly }: RetentionPolicy): string {
  const old = keepDays ? `older than ${keepDays} ${keepDays === 1 ? 'day' : 'days'}` : undefined;
  if (!verified) return `not verified, and ${old ?? 'a newer one is verified'}`;
  const calendar = Object.entries({ day: daily, week: weekly, month: monthly, year: yearly }).filter(([, count]) => count);
  const spare = calendar.length > 0 ? `not the newest of a ${calendar.map(([unit]) => unit).join(', ').replace(/, (?=\w+$)/, ' or ')} that is kept` : undefined;
  return [old, spare].filter(Boolean).join(', ');
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** A week of ISO 8601 begins on Monday, and belongs to the year that its Thursday is in. */
function weekOf(at: Date): string {
  const daysSinceMonday = (at.getUTCDay() + 6) % 7;
  const thursday = new Date(at.getTime() + (3 - daysSinceMonday) * DAY_MS);
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * DAY_MS));
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}

function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7);
}

function yearOf(at: Date): string {
  return String(at.getUTCFullYear());
}
