import { isDeepStrictEqual } from 'node:util';
import type { EndUserDefaults } from '@signalbox/contracts';
import type { GeneralSettings, RouterSettings, Settings } from './settings.js';

/** What a process takes up at its start only: names as the file spells them. */
const fixedGeneral: Readonly<Record<keyof GeneralSettings, string>> = {
  masterKey: 'master_key',
  databaseUrl: 'database_url',
  maxRequestSizeBytes: 'max_request_size_mb',
  maxParallelRequests: 'max_parallel_requests',
  userHeaderName: 'user_header_name',
  userHeaderMappings: 'user_header_mappings',
  keyHeaderName: 'litellm_key_header_name',
  adminPort: 'admin_port',
  adminHost: 'admin_host',
  compatLevel: 'compat_level',
  allowMockTesting: 'allow_mock_testing',
  rejectClientTags: 'reject_clientside_metadata_tags',
  spendLogsRetentionDays: 'maximum_spend_logs_retention_period',
  usageWhenFull: 'usage_when_full',
  decisionRecords: 'decision_records',
};
const fixedEndUserDefaults: Readonly<Record<keyof EndUserDefaults, string>> = {
  budgetId: 'max_end_user_budget_id',
  maxNanoDollars: 'max_end_user_budget',
};
const fixedRouter = {
  redis: 'redis_*',
  limitsWithoutRedis: 'limits_without_redis',
} as const satisfies Partial<Record<keyof RouterSettings, string>>;

/**
 * A changed configuration as far as a running process can take it: what is fixed at the start stays as it is in force.
 * @returns what to go by, and the places in the file whose changes wait for a restart.
 */
export function withoutFixed(
  inForce: Settings,
  changed: Settings,
): { readonly settings: Settings; readonly waiting: readonly string[] } {
  const { general, endUserDefaults } = inForce;
  const { redis, limitsWithoutRedis } = inForce.router;
  return {
    settings: {
      ...changed,
      general,
      endUserDefaults,
      router: { ...changed.router, redis, limitsWithoutRedis },
    },
    waiting: [
      ...differing('general_settings', fixedGeneral, general, changed.general),
      ...differing('router_settings', fixedRouter, inForce.router, changed.router),
      ...differing('litellm_settings', fixedEndUserDefaults, endUserDefaults, changed.endUserDefaults),
    ],
  };
}

function differing<Section extends object>(
  section: string,
  names: Readonly<Partial<Record<keyof Section, string>>>,
  before: Section,
  after: Section,
): string[] {
  return (Object.keys(names) as (keyof Section)[])
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .map((field) => `${section}.${names[field] ?? String(field)}`);
}
