import type { SectionReader } from './section-reader.js';
import type { LatencySettings, RouterSettings, RoutingStrategy } from './settings.js';

const defaultStrategy: RoutingStrategy = 'usage-based-routing';

/** LiteLLM's names; the two usage-based ones differ there in how they count, which is the ledger's matter here. */
const strategies: Readonly<Record<string, RoutingStrategy>> = {
  'simple-shuffle': 'simple-shuffle',
  'least-busy': 'least-busy',
  'usage-based-routing': 'usage-based-routing',
  'usage-based-routing-v2': 'usage-based-routing',
  'latency-based-routing': 'latency-based-routing',
  'cost-based-routing': 'cost-based-routing',
};
const laterStrategies = ['provider-budget-routing'];

/** LiteLLM's defaults. */
const latencyDefaults: LatencySettings = { ttlMs: 3_600_000, lowestLatencyBuffer: 0, maxSamples: 10 };
/** Every router reads all samples of all deployments each second. */
const mostSamples = 1_000;

/** Reads `routing_strategy` and `routing_strategy_args`. */
export function readStrategy(router: SectionReader): Pick<RouterSettings, 'routingStrategy' | 'latency'> {
  const name = router.oneOf('routing_strategy', [...Object.keys(strategies), ...laterStrategies]);
  const routingStrategy = name === undefined ? defaultStrategy : strategies[name];
  const args = router.section('routing_strategy_args');
  if (routingStrategy === undefined) {
    router.warn('routing_strategy', `"${name}" is not supported yet, ${defaultStrategy} is used`);
  }
  if (routingStrategy === 'latency-based-routing') return { routingStrategy, latency: readLatency(args) };
  if (Object.keys(args.value).length > 0) {
    router.warn('routing_strategy_args', 'has an effect with latency-based-routing only, ignored');
  }
  return { routingStrategy: routingStrategy ?? defaultStrategy };
}

function readLatency(args: SectionReader): LatencySettings {
  const maxSamples = args.number('max_latency_list_size', { whole: true, min: 1 });
  if (maxSamples !== undefined && maxSamples > mostSamples) {
    args.fault('max_latency_list_size', `must be at most ${mostSamples}`);
  }
  const latency: LatencySettings = {
    ttlMs: args.milliseconds('ttl') ?? latencyDefaults.ttlMs,
    lowestLatencyBuffer: args.number('lowest_latency_buffer') ?? latencyDefaults.lowestLatencyBuffer,
    maxSamples: maxSamples ?? latencyDefaults.maxSamples,
  };
  args.noteTheRest(new Set());
  return latency;
}
