const NAMES: readonly string[][] = [[], [], [], ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'], ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']];
const RANGES: readonly [number, number][] = [[0, 59], [0, 23], [1, 31], [1, 12], [0, 7]];
const DAY_S = 86_400;
/** Eight years have a 29th of February that is one of each weekday's. */
const DAYS = 8 * 366;

/** Longest time between two runs of a cron schedule (five fields, UTC), in seconds; undefined for one that never runs twice, or is none. */
export function cronPeriod(schedule: string): number | undefined {
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== RANGES.length) return undefined;
  const [minutes, hours, days, months, weekdays] = fields.map(valuesOf);
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 3600 + minute * 60)).sort((a, b) => a - b);
  const runsOn = (date: Date): boolean => {
    if (!months.has(date.getUTCMonth() + 1)) return false;
    const [onDay, onWeekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay()) || (date.getUTCDay() === 0 && weekdays.has(7))];
    // Cron's own rule: with both given, one of them is enough.
    return isAny(fields[2]) || isAny(fields[4]) ? onDay && onWeekday : onDay || onWeekday;
  };
  let last: number | undefined;
  let longest = 0;
  const first = Date.UTC(2024, 0, 1) / 1000;
  for (let day = first; day < first + DAYS * DAY_S; day += DAY_S) {
    if (!runsOn(new Date(day * 1000))) continue;
    for (const time of times) {
      if (last !== undefined) longest = Math.max(longest, day + time - last);
      last = day + time;
    }
  }
  return longest || undefined;
}

function isAny(field: string | undefined): boolean {
  return field?.startsWith('*') ?? false;
}

function valuesOf(field: string, index: number): Set<number> | undefined {
  const [from, to] = RANGES[index] ?? [0, 0];
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) return undefined;
    const [, low, high, step] = match;
    const begin = low === undefined ? from : numberOf(low, index);
    const end = low === undefined || (high === undefined && step !== undefined) ? to : numberOf(high ?? low, index);
    if (!(begin >= from && end <= to && begin <= end) || step === '0') return undefined;
    for (let value = begin; value <= end; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

function numberOf(text: string, index: number): number {
  const named = NAMES[index]?.indexOf(text.toUpperCase()) ?? -1;
  if (named < 0) return /^\d+$/.test(text) ? Number(text) : NaN;
  return named + (RANGES[index]?.[0] ?? 0);
}
