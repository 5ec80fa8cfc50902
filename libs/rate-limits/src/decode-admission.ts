import { limitState } from './limit-state.js';
import type { AdmitRequest, AdmitResult, ExceededLimit, LimitVerdict } from './limit-store.js';

const headLength = 4;
const useLength = 2;
const refusalLength = 3;
const exceededLimits: readonly ExceededLimit[] = ['rpm', 'tpm', 'parallel'];

type Refusals = ReadonlyMap<number, LimitVerdict<never>>;

/** Reads what the script `admit-n` answers to one request; it names only those that are in the way. */
export function decodeAdmission(request: AdmitRequest, answer: readonly number[]): AdmitResult {
  const [chosenNumber = 0, usedRequests = 0, usedTokens = 0, scopeRefusalCount = 0] = answer;
  const refusalsStart = headLength + request.scopes.length * useLength;
  const candidatesStart = refusalsStart + scopeRefusalCount * refusalLength;
  const scopeRefusals = readRefusals(answer, refusalsStart, candidatesStart);
  const refusals = readRefusals(answer, candidatesStart, answer.length);
  const chosen = request.candidates[chosenNumber - 1];
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
      return {
        kind: scope.kind,
        id: scope.id,
        ...(scopeRefusals.get(index + 1) ?? { code: 'fits' }),
        state: limitState(scope, { requests, tokens }),
      };
    }),
    ...(chosen === undefined
      ? {}
      : { state: limitState(chosen, { requests: usedRequests, tokens: usedTokens }) }),
  };
}

function readRefusals(answer: readonly number[], start: number, end: number): Refusals {
  const refusals = new Map<number, LimitVerdict<never>>();
  for (let at = start; at < end; at += refusalLength) {
    const wait = answer[at + 2] ?? -1;
    const code = exceededLimits[(answer[at + 1] ?? 1) - 1] ?? 'rpm';
    refusals.set(answer[at] ?? 0, wait < 0 ? { code } : { code, retryAfterMs: wait });
  }
  return refusals;
}
