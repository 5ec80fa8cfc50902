import type { Fallback, FallbackKind, FallbackRules } from './fallback-rules.js';
import { fallbacksOf } from './fallbacks-of.js';

/** A model to try after another one failed. */
export interface FallbackHop extends Fallback {
  /** How the model before it failed. */
  readonly kind: FallbackKind;
}

/** Where a call stands with its fallbacks. Made after the first failure; a call that succeeds has none. */
export interface FallbackPlan {
  /** Still to be tried, the next one first. */
  readonly ahead: readonly FallbackHop[];
  /** Models this call has been to, by every name they go by; and the overrides it has used. */
  readonly seen: ReadonlySet<unknown>;
  /** Hops made. */
  readonly taken: number;
}

/** The model that failed last. */
export interface FailedModel {
  /** Every name it goes by, the one it was asked for by first; see `namesOfModel`. */
  readonly names: readonly string[];
  readonly kind: FallbackKind;
}

/** The plan of a call that has not failed anywhere yet. */
export const emptyPlan: FallbackPlan = { ahead: [], seen: new Set(), taken: 0 };

/**
 * The next model to try, with the plan that goes on from there; undefined when there is none, or `maxFallbacks`
 * were tried. The fallbacks of a fallback come before those that were left over, as with LiteLLM; default
 * ones come after them. A model is
 * visited once: loops in the configuration end by themselves. A fallback with its own messages or parameters is
 * another request and may name a model that was tried before.
 */
export function nextHop(
  plan: FallbackPlan,
  rules: FallbackRules,
  failed: FailedModel,
): { readonly hop: FallbackHop; readonly plan: FallbackPlan } | undefined {
  if (plan.taken >= rules.maxFallbacks) return undefined;
  const seen = new Set<unknown>([...plan.seen, ...failed.names]);
  const { fallbacks, isDefault } = fallbacksOf(rules, failed.names, failed.kind);
  const found = fallbacks.map((fallback) => ({ ...fallback, kind: failed.kind }));
  const [hop, ...ahead] = unseen(isDefault ? [...plan.ahead, ...found] : [...found, ...plan.ahead], seen);
  if (hop === undefined) return undefined;
  seen.add(identityOf(hop));
  return { hop, plan: { ahead, seen, taken: plan.taken + 1 } };
}

/** Those not visited yet, each once. */
function unseen(hops: readonly FallbackHop[], seen: ReadonlySet<unknown>): FallbackHop[] {
  const known = new Set(seen);
  return hops.filter((hop) => {
    const identity = identityOf(hop);
    if (known.has(identity)) return false;
    known.add(identity);
    return true;
  });
}

function identityOf({ model, overrides }: Fallback): unknown {
  return overrides ?? model;
}
