import { expect, it } from 'vitest';
import { formatChanges } from './format-changes.js';

it('shows every kind of change with its times', () => {
  const time = { samples: 60, p50: 12.34, p99: 55.5, longest: 60, staleCalls: 2 };
  const page = formatChanges({
    gateways: 3,
    rounds: 20,
    loadPerSecond: 299.6,
    times: [{ name: 'block of an end user', ...time }],
  });
  expect(page).toContain('| block of an end user | 60 | 12.3 | 55.5 | 60.0 | 2 |');
  expect(page).toContain('at each of 3 gateways, 20 times');
  expect(page).toContain('300 other calls a second');
});
