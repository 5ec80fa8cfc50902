import { expect, it } from 'vitest';
import { readChaosFlags } from './options.js';

it('makes twenty thousand calls by a drawn seed unless told', () => {
  expect(readChaosFlags([], 7)).toEqual({ calls: 20_000, seed: 7, clients: 24, help: false });
  expect(readChaosFlags(['--calls', '50', '--seed', '3', '--clients', '2'], 7)).toMatchObject({
    ...{ calls: 50, seed: 3, clients: 2 },
  });
});

it.each([
  [['--calls', '0'], '--calls must be a whole number from 1, not 0'],
  [['--seed', 'x'], '--seed must be a whole number from 0, not x'],
  [['--speed'], "Unknown option '--speed'"],
])('says what is wrong with %j', (commandLine, message) => {
  expect(() => readChaosFlags(commandLine, 7)).toThrow(message);
});
