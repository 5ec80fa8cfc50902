import { z } from 'zod';
import { firstMoment, momentQuery } from '../admin/moment-query.js';

const dayMs = 86_400_000;
/** How far a report goes back when nobody says. */
const daysUnlessTold = 30;

/** The query of a report over days; a time stands for its day, in UTC. */
export const reportDays = {
  start_date: momentQuery.transform(dayOf).optional(),
  end_date: momentQuery.transform(dayOf).optional(),
};

export const dayDescriptions = {
  start_date: `The first day, UTC; unless told ${daysUnlessTold - 1} days before the last`,
  end_date: 'The last day, UTC; unless told today',
};

/** The days of a report, both included. */
export interface Days {
  readonly from: string;
  readonly until: string;
}

/** @param now milliseconds since 1970 */
export function daysOf(
  { start_date: start, end_date: end }: z.output<z.ZodObject<typeof reportDays>>,
  now: number,
): Days {
  const until = end ?? new Date(now).toISOString().slice(0, 10);
  const first = new Date(Date.parse(until) - (daysUnlessTold - 1) * dayMs);
  return { from: start ?? first.toISOString().slice(0, 10), until };
}

/** The day a moment lies in, in UTC. */
export function dayOf(text: string): string {
  return firstMoment(text).toISOString().slice(0, 10);
}
