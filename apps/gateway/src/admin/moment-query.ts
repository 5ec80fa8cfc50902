import { z } from 'zod';

const day = z.iso.date();
const time = z.iso.datetime({ offset: true, local: true });

/** Milliseconds until the end of the day. */
const LAST_OF_DAY_MS = 86_400_000 - 1;

/** A day or a time as LiteLLM's clients write it, with a `T` or a space; without an offset it is UTC. */
export const momentQuery = z
  .string()
  .transform((text) => text.trim().replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, '$1T'))
  .pipe(z.union([day, time], { error: 'must be a day such as 2026-11-21, or a time of it' }));

/** When a day begins; a time is what it is. */
export function firstMoment(text: string): Date {
  // A day alone is UTC by the language's rules, a time without an offset is not.
  const hasZone = day.safeParse(text).success || /(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  return new Date(hasZone ? text : `${text}Z`);
}

/** A day belongs to a range to its end. */
export function lastMoment(text: string): Date {
  const first = firstMoment(text);
  return day.safeParse(text).success ? new Date(first.getTime() + LAST_OF_DAY_MS) : first;
}
