import type { AdmitRequest } from '@signalbox/rate-limits';
import { callCost, hasBudget, requestedTokens, type OpenJudgement, type Strategy } from '@signalbox/routing';

/** What admission needs to know besides the judgement. */
export interface AdmissionRules {
  readonly strategy: Strategy;
  /** Of deployments that set none, in milliseconds. */
  readonly timeoutMs: number;
}

/** An attempt may take its whole timeout; its usage event then needs a moment to settle the reservation. */
const leaseMarginMs = 30_000;

/** Asks for capacity on one of the candidates. Lower tiers come first; `order` keeps the others for when they are full. */
export function admissionRequest(judgement: OpenJudgement, rules: AdmissionRules): AdmitRequest {
  const { request, tiers } = judgement;
  const { previous } = request;
  const timeouts = tiers.flat().map(({ deployment }) => deployment.timeoutMs ?? rules.timeoutMs);
  return {
    reservationId: request.attemptId,
    candidates: tiers.flatMap((tier, order) =>
      tier.map(({ deployment: { id, limits }, onProbation }) => ({
        id,
        order,
        ...limits,
        ...(onProbation && { onProbation }),
      })),
    ),
    pick: rules.strategy.pick,
    scopes: request.scopes ?? [],
    ...(previous !== undefined && {
      previous: {
        reservationId: previous.attemptId,
        tokens: previous.tokens,
        ...(previous.nanoDollars !== undefined && { nanoDollars: previous.nanoDollars }),
      },
    }),
    tokens: requestedTokens(request),
    ...(hasBudget(request) && { nanoDollars: dearest(judgement) }),
    leaseMs: Math.ceil(Math.max(...timeouts)) + leaseMarginMs,
  };
}

/** What the call costs where it costs most: whichever candidate admission chooses, so much is reserved of budgets. */
function dearest({ request, tiers }: OpenJudgement): number {
  const { promptTokens: prompt, outputTokens: completion } = request;
  // Unknown prices are here only where the house serves them unbilled.
  const costs = tiers.flat().map(({ deployment }) => callCost(deployment, { prompt, completion }) ?? 0);
  return Math.max(...costs);
}
