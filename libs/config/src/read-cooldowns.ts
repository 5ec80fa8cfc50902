import type { SectionReader } from './section-reader.js';
import type { AllowedFails, CooldownSettings } from './settings.js';

/** LiteLLM's. */
const DEFAULT_COOLDOWN_MS = 5_000;

/** LiteLLM's names and what they count. */
const names = {
  AuthenticationErrorAllowedFails: 'authentication',
  NotFoundErrorAllowedFails: 'not_found',
  TimeoutErrorAllowedFails: 'timeout',
  RateLimitErrorAllowedFails: 'rate_limit',
  InternalServerErrorAllowedFails: 'internal_server',
  BadGatewayErrorAllowedFails: 'bad_gateway',
  ServiceUnavailableErrorAllowedFails: 'service_unavailable',
} as const satisfies Record<string, keyof AllowedFails>;

/** An answer to a wrong request says nothing against the deployment; LiteLLM has the names, and cools for neither. */
const neverCooling = ['BadRequestErrorAllowedFails', 'ContentPolicyViolationErrorAllowedFails'];

/** Reads what `router_settings` say of cooldowns; `litellm_settings` fill in `allowed_fails` and `cooldown_time`. */
export function readCooldowns(router: SectionReader, litellm: SectionReader): CooldownSettings {
  const outerTimeMs = litellm.milliseconds('cooldown_time', { mayBeZero: true });
  const outerAllowedFails = litellm.number('allowed_fails', { whole: true });
  const allowedFails = router.number('allowed_fails', { whole: true }) ?? outerAllowedFails;
  return {
    disabled: router.flag('disable_cooldowns') ?? false,
    timeMs: router.milliseconds('cooldown_time', { mayBeZero: true }) ?? outerTimeMs ?? DEFAULT_COOLDOWN_MS,
    ...(allowedFails === undefined ? {} : { allowedFails }),
    allowedFailsPolicy: readPolicy(router.section('allowed_fails_policy')),
  };
}

function readPolicy(policy: SectionReader): AllowedFails {
  const counts = Object.entries(names).map(([name, failure]) => [
    failure,
    policy.number(name, { whole: true }),
  ]);
  for (const name of neverCooling) {
    if (policy.has(name)) policy.warn(name, 'has no effect: such an answer never cools a deployment');
  }
  policy.noteTheRest(new Set());
  return Object.fromEntries(counts.filter(([, count]) => count !== undefined)) as AllowedFails;
}
