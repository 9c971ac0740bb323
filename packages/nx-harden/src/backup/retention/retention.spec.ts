import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { PolicyError, planRetention, type RetainedBackup, type RetentionPlan, type RetentionPolicy } from './retention';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Where clocks are put forward and back, on either side of UTC, by half an hour too. */
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'];
const ownZone = process.env['TZ'];

afterEach(() => {
  if (ownZone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = ownZone;
});

function backup(at: string, facts: Partial<RetainedBackup> = {}): RetainedBackup {
  return { id: at, at: new Date(at), verified: true, ...facts };
}

function removedBy(backups: readonly RetainedBackup[], policy: RetentionPolicy, now: Date): string[] {
  return planRetention(backups, policy, now).remove.map(({ id }) => id);
}

function reasonsOf(plan: RetentionPlan): Record<string, string[]> {
  return Object.fromEntries(plan.keep.map(({ id, reasons }) => [id, reasons]));
}

describe('which backups are kept', () => {
  const now = new Date('2026-11-24T12:00:00Z');

  it('says why, newest first', () => {
    const days = ['2026-11-24T02:00:00Z', '2026-11-23T14:00:00Z', '2026-11-23T02:00:00Z', '2026-11-22T02:00:00Z', '2026-10-31T02:00:00Z', '2025-12-31T02:00:00Z', '2025-12-30T02:00:00Z'];
    const plan = planRetention(days.map((day) => backup(day)), { daily: 2, weekly: 2, monthly: 2, yearly: 2, minimum: 2 }, now);
    expect(plan.keep).toEqual([
      { id: '2026-11-24T02:00:00Z', reasons: ['newest verified', 'one of the 2 newest', 'daily 2026-11-24', 'weekly 2026-W48', 'monthly 2026-11', 'yearly 2026'] },
      { id: '2026-11-23T14:00:00Z', reasons: ['one of the 2 newest', 'daily 2026-11-23'] },
      { id: '2026-11-22T02:00:00Z', reasons: ['weekly 2026-W47'] },
      { id: '2026-10-31T02:00:00Z', reasons: ['monthly 2026-10'] },
      { id: '2025-12-31T02:00:00Z', reasons: ['yearly 2025'] },
    ]);
    expect(plan.remove).toEqual([
      { id: '2026-11-23T02:00:00Z', reason: 'not the newest of a day, week, month or year that is kept' },
      { id: '2025-12-30T02:00:00Z', reason: 'not the newest of a day, week, month or year that is kept' },
    ]);
  });

  it('keeps days of 24 hours, the last millisecond included', () => {
    const edge = now.getTime() - 30 * DAY;
    const backups = [backup('2026-11-24T00:00:00Z'), { id: 'edge', at: new Date(edge), verified: true }, { id: 'past', at: new Date(edge - 1), verified: true }];
    const plan = planRetention(backups, { keepDays: 30, minimum: 1 }, now);
    expect(reasonsOf(plan)['edge']).toEqual(['younger than 30 days']);
    expect(plan.remove).toEqual([{ id: 'past', reason: 'older than 30 days' }]);
  });

  it('keeps everything without a rule', () => {
    const plan = planRetention([backup('2001-01-01T00:00:00Z'), backup('2001-01-02T00:00:00Z'), backup('2000-01-01T00:00:00Z', { verified: false })], { minimum: 1 }, now);
    expect(plan.remove).toEqual([]);
    expect(reasonsOf(plan)['2001-01-01T00:00:00Z']).toEqual(['no rule removes any']);
  });

  it('lets those that are not verified take no place', () => {
    const backups = [backup('2026-11-24T10:00:00Z', { verified: false }), backup('2026-11-24T08:00:00Z'), backup('2026-11-23T10:00:00Z', { verified: false }), backup('2026-11-22T10:00:00Z')];
    const plan = planRetention(backups, { daily: 2, minimum: 2 }, now);
    expect(reasonsOf(plan)['2026-11-24T10:00:00Z']).toEqual(['newer than the newest verified']);
    expect(reasonsOf(plan)['2026-11-22T10:00:00Z']).toEqual(['one of the 2 newest', 'daily 2026-11-22']);
    expect(plan.remove).toEqual([{ id: '2026-11-23T10:00:00Z', reason: 'not verified, and a newer one is verified' }]);
    expect(removedBy(backups, { keepDays: 1, minimum: 1 }, now)).toEqual(['2026-11-23T10:00:00Z', '2026-11-22T10:00:00Z']);
  });

  it('removes nothing while none is verified', () => {
    const backups = [backup('2026-11-24T10:00:00Z', { verified: false }), backup('2020-01-01T10:00:00Z', { verified: false }), backup('2026-11-24T11:00:00Z', { damaged: true })];
    expect(removedBy(backups, { keepDays: 1, minimum: 1 }, now)).toEqual([]);
  });

  it('keeps what is damaged, from the future, or of an unknown time, and counts none of it', () => {
    const backups = [backup('2026-11-25T00:00:00Z'), backup('2026-11-24T00:00:00Z', { damaged: true }), backup('2026-11-10T00:00:00Z'), backup('2026-11-09T00:00:00Z'), backup('2020-01-01T00:00:00Z', { damaged: true }), backup('nonsense')];
    const plan = planRetention(backups, { daily: 1, minimum: 1 }, now);
    expect(reasonsOf(plan)).toEqual({
      'nonsense': ['its time is unknown'],
      '2026-11-25T00:00:00Z': ['from the future'],
      '2026-11-24T00:00:00Z': ['damaged, for people to look at'],
      '2026-11-10T00:00:00Z': ['newest verified', 'daily 2026-11-10'],
      '2020-01-01T00:00:00Z': ['damaged, for people to look at'],
    });
    expect(plan.remove.map(({ id }) => id)).toEqual(['2026-11-09T00:00:00Z']);
  });

  it.each([
    ['2024-12-30T00:00:00Z', '2025-W01'],
    ['2026-12-31T23:59:59.999Z', '2026-W53'],
    ['2027-01-03T23:59:59.999Z', '2026-W53'],
    ['2027-01-04T00:00:00Z', '2027-W01'],
    ['2028-02-29T12:00:00Z', '2028-W09'],
    ['2023-01-01T12:00:00Z', '2022-W52'],
  ])('knows that %s is in the week %s', (at, week) => {
    expect(planRetention([backup(at)], { weekly: 1, minimum: 1 }, new Date('2030-01-01')).keep[0]?.reasons).toContain(`weekly ${week}`);
  });

  it.each([{ minimum: 0 }, { minimum: Number.NaN }, { minimum: 1, keepDays: Number.NaN }, { minimum: 1, daily: -1 }, { minimum: 1.5 }])('refuses the policy %o', (policy) => {
    expect(() => planRetention([backup('2026-11-24T00:00:00Z')], policy, now)).toThrow(PolicyError);
  });
});

// What is kept, said for one backup at a time and without any order: slow, and plainly the rules.
const BUCKETS = {
  daily: (at: Date) => Math.floor(at.getTime() / DAY),
  // 1970-01-01 was a Thursday: the Monday before it is three days earlier.
  weekly: (at: Date) => Math.floor((Math.floor(at.getTime() / DAY) + 3) / 7),
  monthly: (at: Date) => at.getUTCFullYear() * 12 + at.getUTCMonth(),
  yearly: (at: Date) => at.getUTCFullYear(),
};

function isNewer(a: RetainedBackup, b: RetainedBackup): boolean {
  return a.at.getTime() > b.at.getTime() || (a.at.getTime() === b.at.getTime() && a.id > b.id);
}

function isKept(one: RetainedBackup, all: readonly RetainedBackup[], policy: RetentionPolicy, now: Date): boolean {
  const { keepDays = 0, daily = 0, weekly = 0, monthly = 0, yearly = 0, minimum } = policy;
  if (keepDays + daily + weekly + monthly + yearly === 0) return true;
  if (one.damaged || one.at.getTime() > now.getTime()) return true;
  const counted = all.filter((other) => other.verified && !other.damaged && other.at.getTime() <= now.getTime());
  if (counted.length === 0) return true;
  if (keepDays > 0 && one.at.getTime() + keepDays * DAY >= now.getTime()) return true;
  if (!one.verified) return keepDays === 0 && counted.every((other) => other.at.getTime() < one.at.getTime());
  const newer = counted.filter((other) => isNewer(other, one));
  if (newer.length < minimum) return true;
  return (['daily', 'weekly', 'monthly', 'yearly'] as const).some((rule) => {
    const newerBuckets = new Set(newer.map(({ at }) => BUCKETS[rule](at)));
    return !newerBuckets.has(BUCKETS[rule](one.at)) && newerBuckets.size < (policy[rule] ?? 0);
  });
}

const nows = fc.oneof(
  fc.constantFrom('2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z', '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z', '2027-01-03T23:59:59.999Z', '2027-01-01T00:00:00Z', '2100-03-01T00:00:00Z').map((text) => new Date(text)),
  fc.date({ min: new Date('2000-01-01'), max: new Date('2110-01-01'), noInvalidDate: true }),
);
/** How long ago: whole days and hours give duplicates and edges; far ones give gaps; those below zero are from the future. */
const ages = fc.oneof(fc.integer({ min: -2, max: 60 }).map((days) => days * DAY), fc.integer({ min: -5, max: 200 }).map((hours) => hours * HOUR), fc.integer({ min: -HOUR, max: 1500 * DAY }), fc.integer({ min: 0, max: 40 }).map((days) => days * DAY + 1));
const backupsBefore = (now: Date) =>
  fc
    .array(fc.record({ age: ages, verified: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 1), damaged: fc.integer({ min: 0, max: 19 }).map((chance) => chance === 0) }), { maxLength: 60, size: 'max' })
    .map((items) => items.map(({ age, ...facts }, index): RetainedBackup => ({ id: `${(index * 7919) % 1009}-${index}`, at: new Date(now.getTime() - age), ...facts })));
const counts = fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined });
const policies: fc.Arbitrary<RetentionPolicy> = fc.record({ keepDays: fc.option(fc.integer({ min: 0, max: 45 }), { nil: undefined }), daily: counts, weekly: counts, monthly: counts, yearly: counts, minimum: fc.integer({ min: 1, max: 10 }) });
const cases = nows.chain((now) => fc.record({ now: fc.constant(now), backups: backupsBefore(now), policy: policies }));

function countedOf(backups: readonly RetainedBackup[], now: Date): RetainedBackup[] {
  return backups.filter(({ verified, damaged, at }) => verified && !damaged && at <= now);
}

describe('for any backups, policy and time', () => {
  it.each(ZONES)('keeps what the plain model keeps, on a machine in %s', (zone) => {
    process.env['TZ'] = zone;
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
    fc.assert(
      fc.property(cases, ({ now, backups, policy }) => {
        const plan = planRetention(backups, policy, now);
        expect(new Set(plan.keep.map(({ id }) => id))).toEqual(new Set(backups.filter((one) => isKept(one, backups, policy, now)).map(({ id }) => id)));
        expect([...plan.keep, ...plan.remove].map(({ id }) => id).sort()).toEqual(backups.map(({ id }) => id).sort());
      }),
      { numRuns: 400 },
    );
  });

  it('keeps at least the minimum, and the newest verified one', () => {
    fc.assert(
      fc.property(cases, ({ now, backups, policy }) => {
        const counted = countedOf(backups, now);
        const kept = new Set(planRetention(backups, policy, now).keep.map(({ id }) => id));
        expect(counted.filter(({ id }) => kept.has(id)).length).toBeGreaterThanOrEqual(Math.min(policy.minimum, counted.length));
        for (const one of counted) if (!counted.some((other) => isNewer(other, one))) expect(kept).toContain(one.id);
      }),
      { numRuns: 1_000 },
    );
  });

  it('removes nothing more of what it kept, and decides alike in any order', () => {
    fc.assert(
      fc.property(cases, ({ now, backups, policy }) => {
        const plan = planRetention(backups, policy, now);
        const kept = new Set(plan.keep.map(({ id }) => id));
        expect(removedBy(backups.filter(({ id }) => kept.has(id)), policy, now)).toEqual([]);
        expect(planRetention([...backups].reverse(), policy, now)).toEqual(plan);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives a reason for each, and says younger only of what is', () => {
    fc.assert(
      fc.property(cases, ({ now, backups, policy }) => {
        const plan = planRetention(backups, policy, now);
        for (const { reasons } of plan.keep) expect(reasons.length).toBeGreaterThan(0);
        for (const { reason } of plan.remove) expect(reason).toMatch(/^(older than|not )/);
        const times = [...backups].map(({ id, at }) => [id, at.getTime()] as const);
        const order = plan.keep.map(({ id }) => new Map(times).get(id) ?? 0);
        expect(order).toEqual([...order].sort((a, b) => b - a));
      }),
    );
  });
});

describe('over time', () => {
  it('keeps, pruned after each backup, what it would keep had nothing ever been pruned', () => {
    const start = Date.parse('2027-11-20T02:30:00Z');
    const steps = fc.array(fc.record({ pause: fc.oneof(fc.constant(DAY), fc.integer({ min: 0, max: 3 * DAY }), fc.integer({ min: 0, max: 60 * DAY })), verified: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 1) }), { maxLength: 120, size: 'max' });
    fc.assert(
      fc.property(steps, policies, (taken, policy) => {
        const all: RetainedBackup[] = [];
        let kept: RetainedBackup[] = [];
        let time = start;
        for (const [index, { pause, verified }] of taken.entries()) {
          time += pause;
          const one = { id: `b${String(index).padStart(4, '0')}`, at: new Date(time), verified };
          all.push(one);
          const ids = new Set(planRetention([...kept, one], policy, one.at).keep.map(({ id }) => id));
          kept = [...kept, one].filter(({ id }) => ids.has(id));
        }
        const atOnce = planRetention(all, policy, new Date(time)).keep.map(({ id }) => id);
        expect(kept.map(({ id }) => id).sort()).toEqual(atOnce.sort());
      }),
      { numRuns: 150 },
    );
  });

  it('decides on thousands of backups as the plain model does', () => {
    const now = new Date('2028-02-29T12:00:00Z');
    const policy = { keepDays: 30, daily: 90, weekly: 60, monthly: 36, yearly: 10, minimum: 20 };
    const backups = fc.sample(backupsBefore(now), { numRuns: 110, seed: 4 }).flat().map((one, index) => ({ ...one, id: `${(index * 7919) % 10_007}-${index}` }));
    expect(backups.length).toBeGreaterThan(2_000);
    const plan = planRetention(backups, policy, now);
    expect(plan.remove.length).toBeGreaterThan(500);
    expect(new Set(plan.remove.map(({ id }) => id))).toEqual(new Set(backups.filter((one) => !isKept(one, backups, policy, now)).map(({ id }) => id)));
  });
});
