import { expect, it } from 'vitest';
import { readProofFlags } from './options.js';

it('proves with two thousand calls by a drawn seed unless told', () => {
  const usual = { calls: 2_000, seed: 7, clients: 48, inProcess: false, mutations: false, help: false };
  expect(readProofFlags([], 7)).toEqual(usual);
  const told = ['--calls', '50', '--seed', '3', '--clients', '2', '--in-process', '--mutations', '--help'];
  expect(readProofFlags(told, 7)).toEqual({
    ...{ calls: 50, seed: 3, clients: 2 },
    ...{ inProcess: true, mutations: true, help: true },
  });
});

it.each([
  [['--calls', '0'], '--calls must be a whole number from 1, not 0'],
  [['--seed', 'x'], '--seed must be a whole number from 0, not x'],
  [['--speed'], "Unknown option '--speed'"],
])('says what is wrong with %j', (commandLine, message) => {
  expect(() => readProofFlags(commandLine, 7)).toThrow(message);
});
