import { limitState } from './limit-state.js';
import type { AdmitRequest, AdmitResult, ExceededLimit } from './limit-store.js';
import { softBudgetsOf } from './soft-budgets.js';
import { budgetState } from './spendings.js';

const headLength = 4;
const useLength = 2;
const refusalLength = 3;
const exceededLimits: readonly ExceededLimit[] = ['rpm', 'tpm', 'parallel'];
const exceededOfScopes = [...exceededLimits, 'budget'] as const;

type Refusals<Code extends string> = ReadonlyMap<number, { code: Code; retryAfterMs?: number }>;

/** Reads what the script `admit-n` answers to one request; it names only those that are in the way. */
export function decodeAdmission(request: AdmitRequest, answer: readonly number[]): AdmitResult {
  const [chosenNumber = 0, usedRequests = 0, usedTokens = 0, scopeRefusalCount = 0] = answer;
  const budgetsStart = headLength + request.scopes.length * useLength;
  const budgetCount = request.scopes.reduce((count, { budgets }) => count + (budgets?.length ?? 0), 0);
  const soft = budgetCount === 0 ? [] : softBudgetsOf(request.scopes);
  const softStart = budgetsStart + budgetCount;
  const refusalsStart = softStart + soft.length;
  const candidatesStart = refusalsStart + scopeRefusalCount * refusalLength;
  const scopeRefusals = readRefusals(exceededOfScopes, answer.slice(refusalsStart, candidatesStart));
  const refusals = readRefusals(exceededLimits, answer.slice(candidatesStart));
  const chosen = request.candidates[chosenNumber - 1];
  const reached = soft.flatMap((budget, index) => {
    const spentNanoDollars = answer[softStart + index] ?? -1;
    return spentNanoDollars < 0 ? [] : [{ ...budget, spentNanoDollars }];
  });
  let nextBudget = budgetsStart;
  return {
    reservationId: request.reservationId,
    ...(chosen === undefined ? {} : { chosenId: chosen.id }),
    verdicts: request.candidates.map((candidate, index) => {
      if (candidate === chosen) return { id: candidate.id, code: 'chosen' };
      const refusal = refusals.get(index + 1);
      return refusal === undefined
        ? { id: candidate.id, code: 'eligible' }
        : { id: candidate.id, ...refusal };
    }),
    scopeVerdicts: request.scopes.map((scope, index) => {
      const [requests = 0, tokens = 0] = answer.slice(headLength + index * useLength);
      const spent = answer.slice(nextBudget, (nextBudget += scope.budgets?.length ?? 0));
      return {
        kind: scope.kind,
        id: scope.id,
        ...(scopeRefusals.get(index + 1) ?? { code: 'fits' }),
        state: { ...limitState(scope, { requests, tokens }), ...budgetState(scope.budgets, spent) },
      };
    }),
    ...(chosen === undefined
      ? {}
      : { state: limitState(chosen, { requests: usedRequests, tokens: usedTokens }) }),
    ...(reached.length > 0 && { softBudgets: reached }),
  };
}

function readRefusals<Code extends string>(
  codes: readonly Code[],
  answer: readonly number[],
): Refusals<Code> {
  const refusals = new Map<number, { code: Code; retryAfterMs?: number }>();
  for (let at = 0; at < answer.length; at += refusalLength) {
    const [number = 0, codeNumber = 0, wait = -1] = answer.slice(at, at + refusalLength);
    const code = codes[codeNumber - 1];
    if (code === undefined) throw new RangeError(`admit-n answered ${codeNumber}, which is no limit`);
    refusals.set(number, wait < 0 ? { code } : { code, retryAfterMs: wait });
  }
  return refusals;
}
