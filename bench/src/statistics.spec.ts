import { describe, expect, it } from 'vitest';
import { median, quantile } from './statistics.js';

describe('statistics', () => {
  it('takes the middle value, or the mean of two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('takes a quantile of sorted values', () => {
    const sorted = Float64Array.from({ length: 100 }, (_, index) => index + 1);
    expect(quantile(sorted, 0.5)).toBe(51);
    expect(quantile(sorted, 0.99)).toBe(100);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
