import { fault, type Catalog, type RouteOutcome, type RouteRequest } from '@signalbox/contracts';
import {
  LimitStoreUnavailable,
  type AdmitResult,
  type LimitStore,
  type ReachedSoftBudget,
} from '@signalbox/rate-limits';
import {
  arrange,
  conclude,
  judge,
  refuse,
  type Judgement,
  type RouteFacts,
  type StrategyFacts,
} from '@signalbox/routing';
import { admissionRequest, type AdmissionRules } from './admission-request.js';

/** What decisions are made from. */
export interface DecisionSources {
  readonly catalog: Catalog;
  /** Catalogs that this one has replaced lately: gateways that still go by one of them are answered by it. */
  readonly earlier?: readonly Catalog[];
  readonly facts: RouteFacts & StrategyFacts;
  readonly limits: Pick<LimitStore, 'admit'>;
  readonly rules: AdmissionRules;
  /** Told of a soft budget that is spent, once per window of it. */
  readonly onSoftBudget?: (reached: ReachedSoftBudget) => void;
}

/**
 * Decides requests in their order: all are judged and arranged, those with candidates ask for capacity in one call,
 * all are concluded. When limits cannot be read, what needed capacity is refused; what was refused already keeps its
 * reason, so residency never depends on Redis.
 */
export async function decideBatch(
  sources: DecisionSources,
  requests: readonly RouteRequest[],
): Promise<RouteOutcome[]> {
  const judgements = requests.map((request) => judged(sources, request));
  const admissions = await admitAll(sources, judgements);
  if (admissions === 'unavailable') {
    return judgements.map((judgement) => refuse(judgement, fault('limits_unavailable')));
  }
  return judgements.map((judgement) => {
    const admission = admissions.get(judgement);
    // Never decided without an answer: that would be a decision without limits.
    return judgement.kind === 'open' && admission === undefined
      ? refuse(judgement, fault('limits_unavailable'))
      : conclude(judgement, admission);
  });
}

function judged(sources: DecisionSources, request: RouteRequest): Judgement {
  const { facts, rules } = sources;
  const wanted = catalogOf(sources, request);
  if (wanted === undefined) {
    return { kind: 'refused', request, fault: fault('catalog_mismatch'), verdicts: [] };
  }
  return arrange(judge(wanted, request, facts), rules.strategy, facts);
}

/**
 * The configuration a request is decided by. By another one than the gateway's a decision could lead where its own
 * does not: there is none then.
 */
export function catalogOf(
  { catalog, earlier = [] }: Pick<DecisionSources, 'catalog' | 'earlier'>,
  { catalogVersion = catalog.version }: Pick<RouteRequest, 'catalogVersion'>,
): Catalog | undefined {
  return catalogVersion === catalog.version
    ? catalog
    : earlier.find(({ version }) => version === catalogVersion);
}

async function admitAll(
  { limits, rules, onSoftBudget }: DecisionSources,
  judgements: readonly Judgement[],
): Promise<ReadonlyMap<Judgement, AdmitResult> | 'unavailable'> {
  const open = judgements.filter((judgement) => judgement.kind === 'open');
  if (open.length === 0) return new Map();
  try {
    const results = await limits.admit(open.map((judgement) => admissionRequest(judgement, rules)));
    for (const { softBudgets } of results) {
      if (softBudgets !== undefined && onSoftBudget !== undefined) softBudgets.forEach(onSoftBudget);
    }
    return new Map(results.flatMap((result, index) => pair(open[index], result)));
  } catch (error) {
    if (error instanceof LimitStoreUnavailable) return 'unavailable';
    throw error;
  }
}

function pair<Key, Value>(key: Key | undefined, value: Value): [Key, Value][] {
  return key === undefined ? [] : [[key, value]];
}
