import type { CooldownChange } from '@signalbox/cooldowns';
import { counter, startMetrics } from '@signalbox/platform';
import type { CooldownPhase } from '@signalbox/routing';

/** Counts the cooldowns that this router has begun. */
export interface CooldownMetrics {
  record(change: CooldownChange): void;
}

/** Registers the metrics of cooldowns; which deployments cool now is every router's knowledge of all routers' cooldowns. */
export function createCooldownMetrics(
  deploymentIds: () => readonly string[],
  phaseOf: (deployment: { readonly id: string }) => CooldownPhase | undefined,
): CooldownMetrics {
  const begun = counter('signalbox_cooldowns', 'Cooldowns this router has begun, by deployment and reason.');
  startMetrics()
    .getMeter('signalbox')
    .createObservableGauge('signalbox_deployments_cooling', {
      description: '1 for a deployment that is left alone after failures, else 0.',
    })
    .addCallback((result) => {
      for (const id of deploymentIds()) {
        result.observe(phaseOf({ id })?.phase === 'cooling' ? 1 : 0, { deployment: id });
      }
    });
  return {
    record({ deploymentId, effect, reason = 'none' }) {
      if (effect === 'began') begun.add(1, { deployment: deploymentId, reason });
    },
  };
}
