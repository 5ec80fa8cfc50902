import type { RoutingStrategy } from '@signalbox/config';
import type { Pick } from '@signalbox/rate-limits';

const picks: Readonly<Record<RoutingStrategy, Pick>> = {
  'simple-shuffle': 'least-tokens',
  'usage-based-routing': 'least-tokens',
  'least-busy': 'least-busy',
};

/**
 * How admission chooses among the candidates of a tier. The default takes the one with the least tokens used, which
 * spreads load as LiteLLM's shuffle does and keeps away from limits. Strategies that are not available are
 * named by libs/config when it falls back to the default.
 */
export function pickForStrategy(strategy: RoutingStrategy): Pick {
  return picks[strategy];
}
