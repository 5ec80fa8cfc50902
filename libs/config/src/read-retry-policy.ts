import type { SectionReader } from './section-reader.js';
import type { RetryCounts, RouterSettings } from './settings.js';

/** LiteLLM's names and what they count. */
const names = {
  BadRequestErrorRetries: 'bad_request',
  AuthenticationErrorRetries: 'authentication',
  TimeoutErrorRetries: 'timeout',
  RateLimitErrorRetries: 'rate_limit',
  ContentPolicyViolationErrorRetries: 'content_policy',
  InternalServerErrorRetries: 'internal_server',
} as const satisfies Record<string, keyof RetryCounts>;

/** Reads `retry_policy` and `model_group_retry_policy`. */
export function readRetryPolicies(
  router: SectionReader,
): Pick<RouterSettings, 'retryPolicy' | 'modelGroupRetryPolicy'> {
  const groups = router.section('model_group_retry_policy');
  return {
    retryPolicy: readCounts(router.section('retry_policy')),
    modelGroupRetryPolicy: Object.fromEntries(
      Object.keys(groups.value).map((group) => [group, readCounts(groups.section(group))]),
    ),
  };
}

function readCounts(policy: SectionReader): RetryCounts {
  const counts = Object.entries(names).map(([name, failure]) => [
    failure,
    policy.number(name, { whole: true }),
  ]);
  policy.noteTheRest(new Set());
  return Object.fromEntries(counts.filter(([, count]) => count !== undefined)) as RetryCounts;
}
