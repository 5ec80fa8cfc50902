import type { LatencySettings, Settings } from '@signalbox/config';
import type { Catalog } from '@signalbox/contracts';
import { cooldownPolicy, type CooldownPolicy } from '@signalbox/cooldowns';
import { strategyNamed, type AdmissionRules } from '@signalbox/decisions';

/** What a router makes of one configuration. */
export interface RoutingSettings {
  readonly catalog: Catalog;
  readonly rules: AdmissionRules;
  readonly cooldowns: CooldownPolicy;
  /** Absent when the strategy does not ask how fast deployments answer. */
  readonly latency?: LatencySettings | undefined;
}

/** Derives it. */
export function routingSettings({ catalog, router }: Pick<Settings, 'catalog' | 'router'>): RoutingSettings {
  return {
    catalog,
    rules: { strategy: strategyNamed(router), timeoutMs: router.timeoutMs },
    cooldowns: cooldownPolicy(catalog, router.cooldowns),
    latency: router.latency,
  };
}
