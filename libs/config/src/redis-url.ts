import type { RedisSettings } from './settings.js';

/** Where Redis is, as `router_settings` say; undefined when they do not. */
export function redisUrlOf(settings: RedisSettings | undefined): string | undefined {
  if (settings?.url !== undefined || settings?.host === undefined) return settings?.url;
  const { host, port = 6379, password, db = 0 } = settings;
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  return `redis://${credentials}${host}:${port}/${db}`;
}
