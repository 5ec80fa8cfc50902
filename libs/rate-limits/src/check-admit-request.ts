import type { LimitScope } from '@signalbox/contracts';
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
  checkInteger('nanoDollars', request.nanoDollars, 0);
  checkInteger('leaseMs', request.leaseMs, 1);
  checkInteger('seed', request.seed, 0);
  for (const candidate of request.candidates) {
    checkLimits(candidate);
    checkInteger('order', candidate.order, Number.MIN_SAFE_INTEGER);
  }
  if (request.previous !== undefined) checkSettlement(request.previous);
  request.scopes.forEach(checkLimits);
  request.scopes.forEach(checkBudgets);
  const twice = request.scopes.find(
    (scope, index) =>
      request.scopes.findIndex(({ kind, id }) => kind === scope.kind && id === scope.id) < index,
  );
  if (twice !== undefined) throw new RangeError(`scopes must differ, ${twice.kind} stands there twice`);
}

function checkBudgets({ budgets }: LimitScope): void {
  if (budgets === undefined) return;
  for (const { maxNanoDollars, softNanoDollars } of budgets) {
    checkInteger('maxNanoDollars', maxNanoDollars, 0);
    checkInteger('softNanoDollars', softNanoDollars, 0);
  }
  if (new Set(budgets.map(({ duration }) => duration)).size < budgets.length) {
    throw new RangeError('budgets of a scope must have different durations');
  }
}

/** Throws a RangeError unless tokens and nano-dollars are whole numbers. */
export function checkSettlement(settlement: Settlement): void {
  checkInteger('tokens', settlement.tokens, 0);
  checkInteger('nanoDollars', settlement.nanoDollars, 0);
}
