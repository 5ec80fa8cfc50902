import type { AdmitRequest, Limits, Settlement } from './limit-store.js';

function checkInteger(what: string, value: number | undefined, least: number): void {
  if (value === undefined) return;
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${what} must be an integer of at least ${least}, not ${value}`);
  }
}

function checkLimits(limits: Limits): void {
  checkInteger('rpm', limits.rpm, 0);
  checkInteger('tpm', limits.tpm, 0);
  checkInteger('maxParallelRequests', limits.maxParallelRequests, 0);
}

/**
 * Throws a RangeError unless all numbers are integers (sums of fractions would drift away from their parts)
 * and no scope stands there twice (it would be booked twice).
 */
export function checkAdmitRequest(request: AdmitRequest): void {
  checkInteger('tokens', request.tokens, 0);
  checkInteger('leaseMs', request.leaseMs, 1);
  checkInteger('seed', request.seed, 0);
  for (const candidate of request.candidates) {
    checkLimits(candidate);
    checkInteger('order', candidate.order, Number.MIN_SAFE_INTEGER);
  }
  if (request.previous !== undefined) checkSettlement(request.previous);
  request.scopes.forEach(checkLimits);
  const twice = request.scopes.find(
    (scope, index) =>
      request.scopes.findIndex(({ kind, id }) => kind === scope.kind && id === scope.id) < index,
  );
  if (twice !== undefined) throw new RangeError(`scopes must differ, ${twice.kind} stands there twice`);
}

/** Throws a RangeError unless the tokens are a whole number. */
export function checkSettlement(settlement: Settlement): void {
  checkInteger('tokens', settlement.tokens, 0);
}
