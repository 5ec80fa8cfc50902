import type { RedisSettings } from '@signalbox/config';

/** Where the limits live: the environment wins over `router_settings`; undefined when neither says. */
export function redisUrl(
  fromEnvironment: string | undefined,
  settings: RedisSettings | undefined,
): string | undefined {
  const written = fromEnvironment ?? settings?.url;
  if (written !== undefined || settings?.host === undefined) return written;
  const { host, port = 6379, password, db = 0 } = settings;
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  return `redis://${credentials}${host}:${port}/${db}`;
}
