import { expect, it } from 'vitest';
import { z } from 'zod';
import { daysOf, reportDays } from './report-days.js';

const now = Date.UTC(2026, 10, 21, 23, 59);
const schema = z.object(reportDays);
const days = (query: z.input<typeof schema>) => daysOf(schema.parse(query), now);

it('are the last thirty unless told', () => {
  expect(days({})).toEqual({ from: '2026-10-23', until: '2026-11-21' });
  expect(days({ end_date: '2026-03-30' })).toEqual({ from: '2026-03-01', until: '2026-03-30' });
  expect(days({ start_date: '2026-11-01' })).toEqual({ from: '2026-11-01', until: '2026-11-21' });
});

it('may be written as times, as LiteLLM writes them, and are those of UTC', () => {
  expect(days({ start_date: '2026-11-01 10:00:00', end_date: '2026-11-02T23:30:00-02:00' })).toEqual({
    from: '2026-11-01',
    until: '2026-11-03',
  });
});

it('are refused when they are none', () => {
  for (const text of ['yesterday', '2026-13-01', '2026-11-01;', '']) {
    expect(schema.safeParse({ start_date: text }).success, text).toBe(false);
  }
});
