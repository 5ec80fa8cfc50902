import { limitState } from './limit-state.js';
import type { AdmitRequest, AdmitResult, ExceededLimit, LimitVerdict } from './limit-store.js';

const headLength = 4;
const refusalLength = 3;
const exceededLimits: readonly ExceededLimit[] = ['rpm', 'tpm', 'parallel'];

type Refusals = ReadonlyMap<number, LimitVerdict<never>>;

/** Reads what the script `admit-n` answers to one request; it names only those that are in the way. */
export function decodeAdmission(request: AdmitRequest, answer: readonly number[]): AdmitResult {
  const [chosenNumber = 0, usedRequests = 0, usedTokens = 0, scopeRefusalCount = 0] = answer;
  const candidatesStart = headLength + scopeRefusalCount * refusalLength;
  const scopeRefusals = readRefusals(answer.slice(headLength, candidatesStart));
  const refusals = readRefusals(answer.slice(candidatesStart));
  const chosen = request.candidates[chosenNumber - 1];
  return {
    reservationId: request.reservationId,
    ...(chosen === undefined ? {} : { chosenId: chosen.id }),
    verdicts: request.candidates.map((candidate, index) => {
      if (candidate === chosen) return { id: candidate.id, code: 'chosen' };
      return { id: candidate.id, ...(refusals.get(index + 1) ?? { code: 'eligible' }) };
    }),
    scopeVerdicts: request.scopes.map(({ kind, id }, index) => ({
      kind,
      id,
      ...(scopeRefusals.get(index + 1) ?? { code: 'fits' }),
    })),
    ...(chosen === undefined
      ? {}
      : { state: limitState(chosen, { requests: usedRequests, tokens: usedTokens }) }),
  };
}

function readRefusals(numbers: readonly number[]): Refusals {
  const refusals = new Map<number, LimitVerdict<never>>();
  for (let at = 0; at < numbers.length; at += refusalLength) {
    const [number = 0, limit = 0, wait = -1] = numbers.slice(at, at + refusalLength);
    const code = exceededLimits[limit - 1] ?? 'rpm';
    refusals.set(number, wait < 0 ? { code } : { code, retryAfterMs: wait });
  }
  return refusals;
}
