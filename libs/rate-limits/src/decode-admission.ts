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
  const scopeRefusals = readRefusals(answer, headLength, candidatesStart);
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

function readRefusals(answer: readonly number[], start: number, end: number): Refusals {
  const refusals = new Map<number, LimitVerdict<never>>();
  for (let at = start; at < end; at += refusalLength) {
    const wait = answer[at + 2] ?? -1;
    const code = exceededLimits[(answer[at + 1] ?? 1) - 1] ?? 'rpm';
    refusals.set(answer[at] ?? 0, wait < 0 ? { code } : { code, retryAfterMs: wait });
  }
  return refusals;
}
