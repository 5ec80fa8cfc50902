import { describe, expect, it } from 'vitest';
import { keyExpiry } from './key-expiry.js';

const from = new Date('2026-01-31T12:00:00.000Z');

describe('keyExpiry', () => {
  it.each([
    ['30s', '2026-01-31T12:00:30.000Z'],
    ['30m', '2026-01-31T12:30:00.000Z'],
    ['30h', '2026-02-01T18:00:00.000Z'],
    ['30d', '2026-03-02T12:00:00.000Z'],
    ['2w', '2026-02-14T12:00:00.000Z'],
    ['1mo', '2026-02-28T12:00:00.000Z'],
    ['13mo', '2027-02-28T12:00:00.000Z'],
  ])('adds %s', (duration, end) => {
    expect(keyExpiry(duration, from).toISOString()).toBe(end);
  });

  it.each(['999999999mo', '999999999d', '5y', ''])('refuses %j', (duration) => {
    expect(() => keyExpiry(duration, from)).toThrow(/is not a length of time/);
  });
});
