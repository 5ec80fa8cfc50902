import { expect, it } from 'vitest';
import { redisUrl } from './redis-url.js';

it('takes the environment before the configuration', () => {
  expect(redisUrl('redis://env:1', { url: 'redis://config:2' })).toBe('redis://env:1');
  expect(redisUrl(undefined, { url: 'redis://config:2' })).toBe('redis://config:2');
});

it('puts the parts of router_settings together', () => {
  expect(redisUrl(undefined, { host: 'cache' })).toBe('redis://cache:6379/0');
  const parts = { host: 'cache', port: 6380, password: 'a/b@c', db: 2 };
  expect(redisUrl(undefined, parts)).toBe('redis://:a%2Fb%40c@cache:6380/2');
});

it('knows none when nobody names one', () => {
  expect(redisUrl(undefined, undefined)).toBeUndefined();
  expect(redisUrl(undefined, { port: 6379 })).toBeUndefined();
});
