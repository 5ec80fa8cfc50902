import type { LimitScope } from '@signalbox/contracts';
import { checkAdmitRequest, checkSettlement } from './check-admit-request.js';
import { chooseCandidate } from './choose-candidate.js';
import { drawSeed } from './draw-seed.js';
import { limitsInTheWay, requestsOfScope } from './further-attempt.js';
import { Ledger, type Use } from './ledger.js';
import { limitState } from './limit-state.js';
import {
  cellMs,
  latestSettlementMs,
  probeLeaseMs,
  windowMs,
  type AdmitCandidate,
  type AdmitRequest,
  type AdmitResult,
  type DeploymentUse,
  type LimitStore,
  type LimitVerdict,
  type Settlement,
} from './limit-store.js';
import { budgetState, Spendings, type CorrectSpending } from './spendings.js';

interface Booking {
  readonly ledger: Ledger;
  readonly second: number;
  /** 0 in the scopes of a further attempt. */
  readonly requests: number;
}

interface Reservation {
  readonly chosenId: string;
  readonly tokens: number;
  /** The ledgers it was booked in, each with the second of its booking. */
  readonly bookings: readonly Booking[];
  readonly nanoDollars: number;
  /** One of each budget. */
  readonly spendings: readonly CorrectSpending[];
  /** From here on it can no longer change anything. */
  readonly forgetAt: number;
}

const candidateKey = (candidate: AdmitCandidate): string => `deployment:${candidate.id}`;
const probeKey = (candidate: AdmitCandidate): string => `probe:${candidate.id}`;
const scopeKey = (scope: LimitScope): string => `${scope.kind}:${scope.id}`;

/**
 * A limit store within one process: exact for whoever shares the instance, unknown to every other process.
 */
export class MemoryLimitStore implements LimitStore {
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #ledgers = new Map<string, Ledger>();
  readonly #spendings = new Spendings();
  readonly #reservations = new Map<string, Reservation>();
  #sweepAt = 0;

  /** `now`: the clock, in milliseconds; `random`: from 0 up to but not including 1, decides ties. */
  constructor(options: { now?: () => number; random?: () => number } = {}) {
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  /** How many ledgers and reservations are kept; an idle store comes back to none. */
  get size(): number {
    this.#sweep(this.#readClock());
    return this.#ledgers.size + this.#spendings.size + this.#reservations.size;
  }

  admit(requests: readonly AdmitRequest[]): Promise<AdmitResult[]> {
    return inOneStep(() => {
      requests.forEach(checkAdmitRequest);
      const now = this.#readClock();
      if (now >= this.#sweepAt) this.#sweep(now);
      this.#settle(requests.flatMap(({ previous }) => previous ?? []));
      return requests.map((request) => this.#admitOne(request, now));
    });
  }

  preview(requests: readonly AdmitRequest[]): Promise<AdmitResult[]> {
    return inOneStep(() => {
      requests.forEach(checkAdmitRequest);
      const now = this.#readClock();
      return requests.map((request) => this.#admitOne(request, now, false));
    });
  }

  used(deploymentIds: readonly string[]): Promise<DeploymentUse[]> {
    return inOneStep(() => {
      const now = this.#readClock();
      return deploymentIds.map((id) => {
        const { requests, tokens, busy } = this.#ledger(candidateKey({ id }), now);
        return { requests, tokens, parallel: busy };
      });
    });
  }

  settle(settlements: readonly Settlement[]): Promise<void> {
    return inOneStep(() => {
      settlements.forEach(checkSettlement);
      this.#settle(settlements);
    });
  }

  release(reservationIds: readonly string[]): Promise<void> {
    return inOneStep(() => {
      for (const reservationId of reservationIds) {
        this.#end(reservationId, 0, ({ requests }, reserved) => ({ requests: -requests, tokens: -reserved }));
      }
    });
  }

  /**
   * Counts a request that another store admitted to `chosenId`: its request and tokens, for as long as a window
   * lasts. It takes no parallel slot, since nobody will tell this store when the attempt ends.
   */
  count(request: Pick<AdmitRequest, 'scopes' | 'tokens' | 'previous'>, chosenId: string): void {
    const now = this.#readClock();
    if (now >= this.#sweepAt) this.#sweep(now);
    const { scopes, tokens } = request;
    this.#ledger(candidateKey({ id: chosenId }), now).count({ requests: 1, tokens }, now);
    for (const scope of scopes) {
      this.#ledger(scopeKey(scope), now).count({ requests: requestsOfScope(scope, request), tokens }, now);
    }
  }

  #admitOne(request: AdmitRequest, now: number, reserves = true): AdmitResult {
    const { candidates, scopes, tokens } = request;
    const judged = candidates.map((candidate) => {
      const ledger = this.#ledger(candidateKey(candidate), now);
      return { candidate, ledger, verdict: this.#judge(candidate, ledger, tokens, now) };
    });
    const judgedScopes = limitsInTheWay(request).map((scope, index) => {
      const ledger = this.#ledger(scopeKey(scope), now);
      const verdict = this.#judgeScope(scope, ledger, request, now);
      return { scope: scopes[index] ?? scope, ledger, verdict };
    });
    const softBudgets = this.#spendings.warn(scopes, now, !reserves);
    const known = this.#reservation(request.reservationId, now);
    let chosenId = candidates.find(({ id }) => id === known?.chosenId)?.id;
    if (known === undefined && judgedScopes.every(({ verdict }) => verdict.code === 'fits')) {
      const fitting = judged
        .filter(({ verdict }) => verdict.code === 'fits')
        .map(({ candidate, ledger }) => ({ candidate, tokens: ledger.tokens, busy: ledger.busy }));
      const chosen = chooseCandidate(fitting, request.pick, request.seed ?? drawSeed(this.#random));
      if (chosen !== undefined && reserves) this.#reserve(request, chosen, now);
      chosenId = chosen?.id;
    }
    const chosen = judged.find(({ candidate }) => candidate.id === chosenId);
    return {
      reservationId: request.reservationId,
      ...(chosenId === undefined ? {} : { chosenId }),
      verdicts: judged.map(({ candidate: { id }, verdict }) => {
        if (id === chosenId) return { id, code: 'chosen' };
        return verdict.code === 'fits' ? { id, code: 'eligible' } : { id, ...verdict, code: verdict.code };
      }),
      scopeVerdicts: judgedScopes.map(({ scope, ledger, verdict }) => {
        const { kind, id } = scope;
        const budget = budgetState(scope.budgets, this.#spendings.spent(scope, now));
        return { kind, id, ...verdict, state: { ...limitState(scope, ledger), ...budget } };
      }),
      ...(chosen === undefined ? {} : { state: limitState(chosen.candidate, chosen.ledger) }),
      ...(softBudgets.length > 0 && { softBudgets }),
    };
  }

  #judge(candidate: AdmitCandidate, ledger: Ledger, tokens: number, now: number): LimitVerdict<'fits'> {
    const verdict = ledger.judge(candidate, tokens, now);
    if (verdict.code !== 'fits' || candidate.onProbation !== true) return verdict;
    return this.#ledger(probeKey(candidate), now).judge({ maxParallelRequests: 1 }, tokens, now);
  }

  /** What stays in the way longest; of equals what the ledger says. */
  #judgeScope(
    scope: LimitScope,
    ledger: Ledger,
    { tokens, nanoDollars = 0 }: AdmitRequest,
    now: number,
  ): LimitVerdict<'fits' | 'budget'> {
    const verdict = ledger.judge(scope, tokens, now);
    const { code, retryAfterMs = code === 'fits' ? 0 : Infinity } = verdict;
    const wait = this.#spendings.wait(scope, nanoDollars, now);
    if (wait <= retryAfterMs) return verdict;
    return wait === Infinity ? { code: 'budget' } : { code: 'budget', retryAfterMs: wait };
  }

  #reserve(request: AdmitRequest, chosen: AdmitCandidate, now: number): void {
    const { reservationId, tokens, leaseMs, nanoDollars = 0 } = request;
    const book = (key: string, requests = 1, lease = leaseMs): Booking => {
      const ledger = this.#ledger(key, now);
      return { ledger, second: ledger.take(reservationId, { requests, tokens }, now, lease), requests };
    };
    const bookings = [
      book(candidateKey(chosen)),
      ...request.scopes.map((scope) => book(scopeKey(scope), requestsOfScope(scope, request))),
    ];
    if (chosen.onProbation === true)
      bookings.push(book(probeKey(chosen), 1, Math.min(leaseMs, probeLeaseMs)));
    const spendings = request.scopes.flatMap((scope) => this.#spendings.take(scope, nanoDollars, now));
    const latest = spendings.length > 0 ? latestSettlementMs : 0;
    this.#reservations.set(reservationId, {
      chosenId: chosen.id,
      tokens,
      bookings,
      nanoDollars,
      spendings,
      forgetAt: now + Math.max(leaseMs, windowMs + cellMs, latest),
    });
  }

  #settle(settlements: readonly Settlement[]): void {
    for (const { reservationId, tokens, nanoDollars } of settlements) {
      this.#end(reservationId, nanoDollars, (_booking, reserved) => ({
        requests: 0,
        tokens: tokens - reserved,
      }));
    }
  }

  #end(
    reservationId: string,
    nanoDollars: number | undefined,
    differenceOf: (booking: Booking, reserved: number) => Use,
  ): void {
    const reservation = this.#reservations.get(reservationId);
    if (reservation === undefined) return;
    this.#reservations.delete(reservationId);
    if (nanoDollars !== undefined) {
      for (const correct of reservation.spendings) correct(nanoDollars - reservation.nanoDollars);
    }
    for (const booking of reservation.bookings) {
      booking.ledger.end(reservationId, booking.second, differenceOf(booking, reservation.tokens));
    }
  }

  #reservation(reservationId: string, now: number): Reservation | undefined {
    const reservation = this.#reservations.get(reservationId);
    return reservation !== undefined && reservation.forgetAt > now ? reservation : undefined;
  }

  #ledger(key: string, now: number): Ledger {
    const ledger = this.#ledgers.get(key) ?? new Ledger();
    this.#ledgers.set(key, ledger);
    ledger.advance(now);
    return ledger;
  }

  /** Forgets what no longer counts, once per window, so that the cost per admission stays constant. */
  #sweep(now: number): void {
    this.#sweepAt = now + windowMs;
    for (const [key, ledger] of this.#ledgers) {
      ledger.advance(now);
      if (ledger.isEmpty) this.#ledgers.delete(key);
    }
    this.#spendings.sweep(now);
    for (const [reservationId, { forgetAt }] of this.#reservations) {
      if (forgetAt <= now) this.#reservations.delete(reservationId);
    }
  }

  #readClock(): number {
    return Math.floor(this.#now());
  }
}

/** Runs synchronous work whose errors are to reach the caller as a rejection. */
function inOneStep<Value>(work: () => Value): Promise<Value> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
