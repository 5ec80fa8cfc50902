const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;
const week = 7 * day;
/** The first Monday after 1 January 1970. */
const firstMonday = 4 * day;
const lengths: Readonly<Record<string, number>> = { s: second, m: 60 * second, h: hour, d: day, w: week };

/**
 * Where the windows of a duration lie: so many calendar months each, counted from January 1970, or `lengthMs` each,
 * counted from `offsetMs` after its begin, all UTC. Both zero: one window that never ends.
 */
export interface BudgetGrid {
  readonly months: number;
  readonly lengthMs: number;
  readonly offsetMs: number;
}

/**
 * The windows of a budget, the same for everybody: LiteLLM's rule, in which `1d` ends at midnight, `7d` and weeks on
 * Monday, `30d` and months on the first, and shorter ones at round times.
 */
export function budgetGrid(duration: string | undefined): BudgetGrid {
  if (duration === undefined) return { months: 0, lengthMs: 0, offsetMs: 0 };
  const [, digits, unit = ''] = /^(\d+)([a-z]+)$/.exec(duration) ?? [];
  const count = Number(digits);
  const length = lengths[unit];
  if (!(count > 0) || (length === undefined && unit !== 'mo')) {
    throw new RangeError(`${JSON.stringify(duration)} is no duration of a budget`);
  }
  if (length === undefined) return { months: count, lengthMs: 0, offsetMs: 0 };
  if (count === 30 && unit === 'd') return { months: 1, lengthMs: 0, offsetMs: 0 };
  const lengthMs = count * length;
  return { months: 0, lengthMs, offsetMs: lengthMs % week === 0 && length >= day ? firstMonday : 0 };
}

/** Begin and end of the window that a moment lies in, milliseconds since 1970; one that never ends ends at Infinity. */
export function budgetWindow(duration: string | undefined, now: number): { start: number; end: number } {
  const { months, lengthMs, offsetMs } = budgetGrid(duration);
  if (months > 0) {
    const date = new Date(now);
    const month = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
    const first = month - (month % months);
    return { start: Date.UTC(1970, first), end: Date.UTC(1970, first + months) };
  }
  if (lengthMs === 0) return { start: 0, end: Infinity };
  const start = Math.floor((now - offsetMs) / lengthMs) * lengthMs + offsetMs;
  return { start, end: start + lengthMs };
}
