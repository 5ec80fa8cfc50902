import type { Judgement } from './judgement.js';
import type { Strategy, StrategyFacts } from './strategies/strategy.js';

/**
 * Puts the candidates of a judgement into the order in which the strategy wants them admitted, tier by tier. Who
 * may serve, and which tier comes first, is not the strategy's to say.
 */
export function arrange(judgement: Judgement, strategy: Strategy, facts: StrategyFacts): Judgement {
  if (judgement.kind === 'refused') return judgement;
  const tiers = judgement.tiers.map((tier) => strategy.arrange(tier, judgement.request, facts));
  return { ...judgement, tiers };
}
