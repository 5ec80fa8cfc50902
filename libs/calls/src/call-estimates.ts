import type { Catalog, Deployment } from '@signalbox/contracts';
import {
  estimateTokens,
  TokenCounters,
  upstreamModel,
  type EstimateFacts,
  type ModelName,
  type TokenCounter,
  type TokenEstimate,
} from '@signalbox/providers';
import { resolveModel, type ModelTarget } from '@signalbox/routing';
import type { Call } from './call.js';

/**
 * Says how many tokens a call will take, for the models it may reach: where the deployments of its model group differ,
 * the prompt is counted for the one that sees the most tokens, and the answer bounded by the largest limit.
 */
export class CallEstimates {
  /** By the deployments of a group, which are one list per catalog. */
  private readonly known = new WeakMap<readonly Deployment[], EstimateFacts>();

  constructor(
    private readonly catalog: Catalog,
    /** Without tokenizers it counts by length. */
    private readonly counters = new TokenCounters(),
  ) {}

  /** With the tokenizers that the models of this catalog need; loading them blocks for some hundred milliseconds. */
  static async load(catalog: Catalog): Promise<CallEstimates> {
    const models = catalog.deployments.map((deployment) => modelOf(deployment, undefined));
    return new CallEstimates(catalog, await TokenCounters.load(models));
  }

  of({ mode, model, caller, body }: Pick<Call, 'mode' | 'model' | 'caller' | 'body'>): TokenEstimate {
    const question = { model, keyAliases: caller?.aliases ?? {}, team: caller?.team ?? null };
    const target = resolveModel(this.catalog, question);
    // A model nobody knows is refused, whatever its prompt.
    return estimateTokens(mode, body, target && this.factsOf(target));
  }

  /** Counts what a deployment says. */
  counterOf(deployment: Deployment, wildcardTail: string | undefined): TokenCounter {
    return this.counters.counterFor([modelOf(deployment, wildcardTail)]);
  }

  private factsOf({ deployments, wildcardTail }: ModelTarget): EstimateFacts {
    const known = this.known.get(deployments);
    if (known !== undefined) return known;
    const facts = {
      counter: this.counters.counterFor(deployments.map((deployment) => modelOf(deployment, wildcardTail))),
      maxOutputTokens: largestOutput(deployments),
    };
    if (wildcardTail === undefined) this.known.set(deployments, facts);
    return facts;
  }
}

/** Azure's names of deployments are anybody's: `base_model` says which model it is. */
function modelOf({ upstream, modelInfo }: Deployment, wildcardTail: string | undefined): ModelName {
  const baseModel = modelInfo['base_model'];
  const model = typeof baseModel === 'string' ? baseModel : upstreamModel(upstream, wildcardTail);
  return { provider: upstream.provider, model };
}

/** Undefined when one of them may answer without a limit. */
function largestOutput(deployments: readonly Deployment[]): number | undefined {
  const largest = Math.max(...deployments.map(({ maxOutputTokens }) => maxOutputTokens ?? Infinity));
  return Number.isFinite(largest) ? largest : undefined;
}
