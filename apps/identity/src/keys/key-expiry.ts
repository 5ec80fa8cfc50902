import { refusal } from '../failures/refusal.js';

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/**
 * End of a life that begins at `from` and lasts `duration`: a number followed by s, m, h, d, w or mo. Months
 * are calendar months; what would be the 31st of a shorter month is its last day.
 * @throws FaultError `validation_error` when that lies beyond what a date can say.
 */
export function keyExpiry(duration: string, from: Date): Date {
  const [, digits = '', unit = ''] = /^(\d+)([a-z]+)$/.exec(duration) ?? [];
  const amount = Number(digits);
  const seconds = SECONDS_PER_UNIT[unit];
  const end =
    seconds === undefined ? addMonths(from, amount) : new Date(from.getTime() + amount * seconds * 1_000);
  // Postgres and ISO texts agree on years of four digits.
  if (digits === '' || Number.isNaN(end.getTime()) || end.getUTCFullYear() > 9_999) {
    throw refusal('validation_error', `duration ${duration} is not a length of time we can add.`, 'duration');
  }
  return end;
}

function addMonths(from: Date, months: number): Date {
  const end = new Date(from);
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return end;
}
