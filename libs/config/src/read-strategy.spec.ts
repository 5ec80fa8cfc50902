import { describe, expect, it } from 'vitest';
import { settingsOf } from './testing-settings.js';

const minimal = 'model_list: [{model_name: m, litellm_params: {model: gpt-4o, api_key: k}}]\n';

function strategyOf(routerSettings: string) {
  const { routingStrategy, latency } = settingsOf(`${minimal}router_settings: {${routerSettings}}`).router;
  return { routingStrategy, latency };
}

describe('the routing strategy', () => {
  it.each([
    ['', 'usage-based-routing'],
    ['routing_strategy: simple-shuffle', 'simple-shuffle'],
    ['routing_strategy: usage-based-routing', 'usage-based-routing'],
    ['routing_strategy: usage-based-routing-v2', 'usage-based-routing'],
    ['routing_strategy: least-busy', 'least-busy'],
    ['routing_strategy: cost-based-routing', 'cost-based-routing'],
  ])('of "%s" is %s', (written, routingStrategy) => {
    expect(strategyOf(written)).toEqual({ routingStrategy, latency: undefined });
  });

  it('of latency has the arguments LiteLLM has', () => {
    expect(strategyOf('routing_strategy: latency-based-routing')).toEqual({
      routingStrategy: 'latency-based-routing',
      latency: { ttlMs: 3_600_000, lowestLatencyBuffer: 0, maxSamples: 10 },
    });
    const args = 'routing_strategy_args: {ttl: 10, lowest_latency_buffer: 0.5, max_latency_list_size: 3}';
    expect(strategyOf(`routing_strategy: latency-based-routing, ${args}`).latency).toEqual({
      ttlMs: 10_000,
      lowestLatencyBuffer: 0.5,
      maxSamples: 3,
    });
  });
});
