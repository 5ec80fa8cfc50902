import { budgetGrid, type LimitScope } from '@signalbox/contracts';
import { drawSeed } from './draw-seed.js';
import { limitsInTheWay, requestsOfScope } from './further-attempt.js';
import type { AdmitCandidate, AdmitRequest, Limits, Pick } from './limit-store.js';
import { ledgerKey, reservationKey, spendingKey, type LedgerKind } from './redis-keys.js';
import { softBudgetsOf } from './soft-budgets.js';

/** Keys and arguments of the script `admit-n`. */
export interface EncodedAdmission {
  readonly keys: readonly string[];
  readonly batch: string;
}

const pickNumbers: Readonly<Record<Pick, number>> = { first: 0, 'least-tokens': 1, 'least-busy': 2 };
const unlimited = -1;
const unknownCost = -1;

interface Entry extends Limits {
  readonly id: string;
}

const tierOf = ({ order = 0 }: AdmitCandidate): number => order;

/**
 * Writes a batch, to be admitted or only to see what would be, so that little has to be sent and read: every ledger is named once, lists that say the
 * same are sent once, and within a list neighbours with equal limits become one run of six numbers.
 */
export function encodeAdmission(
  requests: readonly AdmitRequest[],
  random: () => number,
  { isPreview = false } = {},
): EncodedAdmission {
  const ended = isPreview ? [] : requests.flatMap(({ previous }) => previous ?? []);
  const keys = [...requests, ...ended].map(({ reservationId }) => reservationKey(reservationId));
  const ledgers = new Map<LedgerKind, Map<string, number>>();
  const lists = new Map<string, number>();
  const spendings = new Map<string, number>();

  const ledgerNumber = (kind: LedgerKind, id: string): number => {
    const ofKind = ledgers.get(kind) ?? new Map<string, number>();
    ledgers.set(kind, ofKind);
    const known = ofKind.get(id);
    if (known !== undefined) return known;
    const number = keys.push(ledgerKey(kind, id));
    ofKind.set(id, number);
    return number;
  };
  const listNumber = (runs: readonly number[]): number => {
    return numberIn(lists, JSON.stringify(runs));
  };

  const encoded = requests.map((request) => [
    request.reservationId,
    request.tokens,
    request.leaseMs,
    pickNumbers[request.pick],
    request.seed ?? drawSeed(random),
    listNumber(encodeRuns(request.candidates, ({ id }) => ledgerNumber('deployment', id), tierOf)),
    listNumber(
      encodeRuns(
        limitsInTheWay(request),
        ({ kind, id }) => ledgerNumber(kind, id),
        (scope) => requestsOfScope(scope, request),
      ),
    ),
    ...encodeRare(
      encodeProbes(request.candidates, (id) => ledgerNumber('probe', id)),
      encodeBudgets(request.scopes, (key) => numberIn(spendings, key)),
      () => encodeSoftBudgets(request.scopes, (key) => numberIn(spendings, key)),
      request,
    ),
  ]);
  const batch = {
    requests: encoded,
    ended: ended.flatMap(({ tokens, nanoDollars = unknownCost }) => [tokens, nanoDollars]),
    spendings: spendings.size,
    ...(isPreview && { preview: true }),
  };
  return {
    keys: [...keys, ...spendings.keys()],
    batch: `{"lists":[${[...lists.keys()].join()}],${JSON.stringify(batch).slice(1)}`,
  };
}

function numberIn(numbers: Map<string, number>, key: string): number {
  const number = numbers.get(key) ?? numbers.size + 1;
  numbers.set(key, number);
  return number;
}

/** Most requests know neither probes nor budgets and say nothing of them. */
function encodeRare(
  probes: readonly number[],
  budgets: readonly number[],
  softBudgetsAmong: () => readonly number[],
  { nanoDollars = 0 }: AdmitRequest,
): readonly unknown[] {
  if (budgets.length > 0) {
    const soft = softBudgetsAmong();
    return soft.length > 0 ? [probes, nanoDollars, budgets, soft] : [probes, nanoDollars, budgets];
  }
  return probes.length > 0 ? [probes] : [];
}

/** Of each budget: number of its scope and of its spending, the most that may be spent, and where its windows lie. */
function encodeBudgets(scopes: readonly LimitScope[], numberOf: (key: string) => number): readonly number[] {
  return scopes.flatMap(({ kind, id, budgets = [] }, index) =>
    budgets.flatMap(({ maxNanoDollars = unlimited, duration }) => {
      const { months, lengthMs, offsetMs } = budgetGrid(duration);
      const spending = numberOf(spendingKey(kind, id, duration));
      return [index + 1, spending, maxNanoDollars, months, lengthMs, offsetMs];
    }),
  );
}

/** Of each soft budget: the number of its spending, and how much it is. */
function encodeSoftBudgets(
  scopes: readonly LimitScope[],
  numberOf: (key: string) => number,
): readonly number[] {
  return softBudgetsOf(scopes).flatMap(({ kind, id, duration, softNanoDollars }) => [
    numberOf(spendingKey(kind, id, duration)),
    softNanoDollars,
  ]);
}

/** The number of each candidate on probation and the ledger of its probes. */
function encodeProbes(
  candidates: readonly AdmitCandidate[],
  numberOf: (id: string) => number,
): readonly number[] {
  const probes: number[] = [];
  for (const [index, { id, onProbation }] of candidates.entries()) {
    if (onProbation === true) probes.push(index + 1, numberOf(id));
  }
  return probes;
}

/** `thirdOf`: the tier of a candidate; of a scope how many requests are taken. */
function encodeRuns<One extends Entry>(
  entries: readonly One[],
  numberOf: (entry: One) => number,
  thirdOf: (entry: One) => number,
): readonly number[] {
  const runs: number[] = [];
  let previous: One | undefined;
  let third = 0;
  let next = 0;
  let count = 0;
  for (const entry of entries) {
    const number = numberOf(entry);
    const own = thirdOf(entry);
    if (previous !== undefined && number === next && own === third && isAlike(previous, entry)) {
      count += 1;
      runs[runs.length - 5] = count;
    } else {
      count = 1;
      const { rpm = unlimited, tpm = unlimited, maxParallelRequests = unlimited } = entry;
      runs.push(number, count, own, rpm, tpm, maxParallelRequests);
    }
    previous = entry;
    third = own;
    next = number + 1;
  }
  return runs;
}

function isAlike(one: Entry, other: Entry): boolean {
  return (
    one.rpm === other.rpm && one.tpm === other.tpm && one.maxParallelRequests === other.maxParallelRequests
  );
}
