import { Current } from '@signalbox/config';
import { cooldownPolicy, type CooldownPolicy } from '@signalbox/cooldowns';
import { usageBased } from '@signalbox/routing';
import type { RoutingSettings } from '../routing-settings.js';

export const noCooldowns: CooldownPolicy = cooldownPolicy(
  { deployments: [] },
  { disabled: true, timeMs: 0, allowedFailsPolicy: {} },
);

/** Settings in force: the least used deployment is taken, none cools down, unless told. */
export function settingsOf(
  words: Pick<RoutingSettings, 'catalog'> & Partial<RoutingSettings>,
): Current<RoutingSettings> {
  return new Current({
    rules: { strategy: usageBased, timeoutMs: 60_000 },
    cooldowns: noCooldowns,
    ...words,
  });
}
