import type { Catalog, GroupAlias } from '@signalbox/contracts';
import { litellmKeys, routerKeys } from './not-acted-on.js';
import { readCooldowns } from './read-cooldowns.js';
import { readFallbacks, type NamedFallback } from './read-fallbacks.js';
import { readRetryPolicies } from './read-retry-policy.js';
import { readStrategy } from './read-strategy.js';
import type { SectionReader } from './section-reader.js';
import { limitsWithoutRedis, type RedisSettings, type RouterSettings } from './settings.js';

const DEFAULT_RETRIES = 2;
const DEFAULT_TIMEOUT_MS = 600_000;

/** The rules of the house that stand in `router_settings` but that routing itself needs. */
export type CatalogRules = Pick<
  Catalog,
  'groupAliases' | 'tagFiltering' | 'checkContextWindow' | 'unknownPrices' | 'regionCompat'
>;

/** Reads `router_settings`; `litellm_settings` fills in what it does not say. */
export function readRouterSettings(
  router: SectionReader,
  litellm: SectionReader,
): { settings: RouterSettings; rules: CatalogRules; namedFallbacks: NamedFallback[] } {
  const retries = router.number('num_retries', { whole: true });
  const outerRetries = litellm.number('num_retries', { whole: true });
  const timeoutMs = router.milliseconds('timeout');
  const outerTimeoutMs = litellm.milliseconds('request_timeout');
  const streamTimeoutMs = router.milliseconds('stream_timeout');
  const redis = readRedis(router);
  const fallbacks = readFallbacks(router, litellm);
  const settings: RouterSettings = {
    numRetries: retries ?? outerRetries ?? DEFAULT_RETRIES,
    timeoutMs: timeoutMs ?? outerTimeoutMs ?? DEFAULT_TIMEOUT_MS,
    ...(streamTimeoutMs === undefined ? {} : { streamTimeoutMs }),
    retryAfterMs: router.milliseconds('retry_after', { mayBeZero: true }) ?? 0,
    ...readRetryPolicies(router),
    fallbacks: fallbacks.settings,
    cooldowns: readCooldowns(router, litellm),
    ...readStrategy(router),
    limitsWithoutRedis: router.oneOf('limits_without_redis', limitsWithoutRedis) ?? 'local_share',
    ...(redis === undefined ? {} : { redis }),
  };
  const unknownPrices = router.oneOf('unknown_prices', ['refuse', 'serve_unbilled']);
  const rules: CatalogRules = {
    groupAliases: readAliases(router),
    tagFiltering: {
      enabled: router.flag('enable_tag_filtering') ?? false,
      matchAny: router.flag('tag_filtering_match_any') ?? true,
    },
    checkContextWindow: router.flag('enable_pre_call_checks') ?? false,
    ...(unknownPrices !== undefined && { unknownPrices }),
    regionCompat: router.oneOf('region_compat', ['strict', 'litellm']) ?? 'strict',
  };
  router.noteTheRest(routerKeys);
  litellm.noteTheRest(litellmKeys);
  return { settings, rules, namedFallbacks: fallbacks.named };
}

function readRedis(router: SectionReader): RedisSettings | undefined {
  const url = router.text('redis_url');
  const host = router.text('redis_host');
  const port = router.number('redis_port', { whole: true, min: 1 });
  const password = router.text('redis_password');
  const db = router.number('redis_db', { whole: true });
  if (url !== undefined && !/^rediss?:\/\//.test(url))
    router.fault('redis_url', 'must start with redis:// or rediss://');
  if (url === undefined && host === undefined) return undefined;
  return {
    ...(url === undefined ? {} : { url }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(password === undefined ? {} : { password }),
    ...(db === undefined ? {} : { db }),
  };
}

function readAliases(router: SectionReader): Record<string, GroupAlias> {
  const section = router.section('model_group_alias');
  const aliases: Record<string, GroupAlias> = {};
  for (const name of Object.keys(section.value)) {
    const alias =
      typeof section.raw(name) === 'object'
        ? readAlias(section.section(name))
        : shortAlias(section.text(name));
    if (alias !== undefined) aliases[name] = alias;
  }
  return aliases;
}

function shortAlias(model: string | undefined): GroupAlias | undefined {
  return model === undefined ? undefined : { model, hidden: false };
}

function readAlias(alias: SectionReader): GroupAlias | undefined {
  const model = alias.text('model');
  const hidden = alias.flag('hidden') ?? false;
  if (alias.isMapping && !alias.has('model')) alias.fault('model', 'is missing');
  alias.noteTheRest(new Set());
  return model === undefined ? undefined : { model, hidden };
}
