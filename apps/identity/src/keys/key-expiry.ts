import { refusal } from '../failures/refusal.js';

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
/** Postgres and ISO texts agree on years of four digits. */
const LAST_YEAR = 9_999;

/**
 * End of a life that begins at `from` and lasts `duration`: a number followed by s, m, h, d, w or mo. Months
 * are calendar months; what would be the 31st of a shorter month is its last day.
 * @throws FaultError `validation_error` about the field `param` when it is no such text or the end lies beyond what a date can say.
 */
export function keyExpiry(duration: string, from: Date, param = 'duration'): Date {
  const [, amount = '', unit = ''] = /^(\d+)(s|m|h|d|w|mo)$/.exec(duration) ?? [];
  const end = unit === 'mo' ? addMonths(from, Number(amount)) : addUnits(from, Number(amount), unit);
  if (Number.isNaN(end.getTime()) || end.getUTCFullYear() > LAST_YEAR) {
    throw refusal('validation_error', `${param} ${duration} is not a length of time we can add.`, param);
  }
  return end;
}

function addUnits(from: Date, amount: number, unit: string): Date {
  return new Date(from.getTime() + amount * (MS_PER_UNIT[unit] ?? Number.NaN));
}

function addMonths(from: Date, months: number): Date {
  const end = new Date(from);
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return end;
}
