import type { RouterSettings } from '@signalbox/config';
import {
  costBased,
  latencyBased,
  leastBusy,
  simpleShuffle,
  usageBased,
  type Strategy,
} from '@signalbox/routing';

/** The strategy that the configuration names. */
export function strategyNamed({
  routingStrategy,
  latency,
}: Pick<RouterSettings, 'routingStrategy' | 'latency'>): Strategy {
  switch (routingStrategy) {
    case 'simple-shuffle':
      return simpleShuffle;
    case 'usage-based-routing':
      return usageBased;
    case 'least-busy':
      return leastBusy;
    case 'cost-based-routing':
      return costBased;
    case 'latency-based-routing':
      return latencyBased({ lowestLatencyBuffer: latency?.lowestLatencyBuffer ?? 0 });
  }
}
