import { expect, it } from 'vitest';
import { redisUrlOf } from './redis-url.js';

it('takes the address as it is written', () => {
  expect(redisUrlOf({ url: 'rediss://cache:2', host: 'other' })).toBe('rediss://cache:2');
});

it('puts its parts together', () => {
  expect(redisUrlOf({ host: 'cache' })).toBe('redis://cache:6379/0');
  const parts = { host: 'cache', port: 6380, password: 'a/b@c', db: 2 };
  expect(redisUrlOf(parts)).toBe('redis://:a%2Fb%40c@cache:6380/2');
});

it('knows none when nobody names one', () => {
  expect(redisUrlOf(undefined)).toBeUndefined();
  expect(redisUrlOf({ port: 6379 })).toBeUndefined();
});
