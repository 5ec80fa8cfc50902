import { expect, it } from 'vitest';
import { splitChange } from './identity-changes.js';

it('cuts a change of many ids into events of a size the broker takes, losing none', () => {
  const keyHashes = Array.from({ length: 2_500 }, (_, index) => String(index));
  const events = splitChange({ teamIds: ['red'], keyHashes, endUserIds: [] });
  expect(events.map((event) => event.keyHashes?.length ?? 0)).toEqual([0, 1_000, 1_000, 500]);
  expect(events[0]).toEqual({ teamIds: ['red'] });
  expect(events.flatMap((event) => event.keyHashes ?? [])).toEqual(keyHashes);
});
