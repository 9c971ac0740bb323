import { describe, expect, it } from 'vitest';
import { cronPeriod } from './cron-period';

const HOUR = 3600;
const DAY = 24 * HOUR;

describe('the longest time between two runs', () => {
  it.each([
    ['17 2 * * *', DAY],
    ['43 5 * * 1', 7 * DAY],
    ['0 * * * *', HOUR],
    ['*/15 * * * *', 15 * 60],
    ['5/20 * * * *', 20 * 60],
    // From five in the afternoon to nine in the morning.
    ['0 9-17 * * *', 16 * HOUR],
    // Over the weekend.
    ['30 3 * * MON-FRI', 3 * DAY],
    ['0 4 * * 0,7', 7 * DAY],
    ['0 4 1 * *', 31 * DAY],
    ['0 4 1 JAN,JUL *', 184 * DAY],
    // On the first, and on Mondays as well.
    ['0 4 1 * 1', 7 * DAY],
    ['0 4 29 2 *', 1461 * DAY],
  ])('of %s', (schedule, seconds) => {
    expect(cronPeriod(schedule)).toBe(seconds);
  });

  it.each(['', '@daily', '* * * *', '61 * * * *', '0 0 31 2 *', '5-1 * * * *', '*/0 * * * *', 'a b c d e'])('is unknown for %s', (schedule) => {
    expect(cronPeriod(schedule)).toBeUndefined();
  });
});
