import { describe, expect, it } from 'vitest';
import { auditQuery } from './audit-query.js';

describe('the range of an audit query', () => {
  it('takes whole days', () => {
    expect(auditQuery.parse({ start_date: '2026-11-20', end_date: '2026-11-21' })).toMatchObject({
      from: '2026-11-20T00:00:00.000Z',
      until: '2026-11-21T23:59:59.999Z',
    });
  });

  it('takes times, in UTC unless they say otherwise', () => {
    const range = { start_date: '2026-11-20T10:00:00', end_date: '2026-11-20T12:00:00+01:00' };
    expect(auditQuery.parse(range)).toMatchObject({
      from: '2026-11-20T10:00:00.000Z',
      until: '2026-11-20T11:00:00.000Z',
    });
  });

  it('is open unless told', () => {
    expect(auditQuery.parse({})).toEqual({
      page: 1,
      page_size: 10,
      sort_by: 'updated_at',
      sort_order: 'desc',
    });
  });

  it.each([{ start_date: 'yesterday' }, { page_size: '101' }, { sort_by: 'before' }, { action: 'seen' }])(
    'refuses $0',
    (query) => {
      expect(auditQuery.safeParse(query).success).toBe(false);
    },
  );
});
