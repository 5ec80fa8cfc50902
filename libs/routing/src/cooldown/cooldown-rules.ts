import type { Deployment } from '@signalbox/contracts';

/** What may lead to a cooldown, in the distinctions of LiteLLM's `allowed_fails_policy`. */
export type CooldownFailure =
  | 'authentication'
  | 'not_found'
  | 'timeout'
  | 'rate_limit'
  | 'internal_server'
  | 'bad_gateway'
  | 'service_unavailable';

/** Failures by kind. */
export type FailureCounts = Readonly<Partial<Record<CooldownFailure, number>>>;

export interface CooldownRules {
  readonly disabled: boolean;
  /** How long a deployment is left alone when neither it nor its provider says, milliseconds; 0 is never. */
  readonly timeMs: number;
  /** Failures a minute that are put up with. With it, or a policy, the default rule does not apply. */
  readonly allowedFails?: number;
  /** The same by kind of failure; kinds that are not named are counted together against `allowedFails`. */
  readonly allowedFailsPolicy: FailureCounts;
}

/** How long this deployment is left alone when its provider does not say, milliseconds; 0: it never cools. */
export function cooldownTimeOf(
  rules: Pick<CooldownRules, 'disabled' | 'timeMs'>,
  { modelGroup, cooldownTimeMs }: Pick<Deployment, 'modelGroup' | 'cooldownTimeMs'>,
): number {
  // A wildcard deployment stands for many models: one that fails must not take the others with it.
  return rules.disabled || modelGroup.includes('*') ? 0 : (cooldownTimeMs ?? rules.timeMs);
}
