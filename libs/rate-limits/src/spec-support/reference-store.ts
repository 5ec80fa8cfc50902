import type { LimitScope } from '@signalbox/contracts';
import type { AdmitCandidate, AdmitRequest, Limits } from '../limit-store.js';
import type { ReachedSoftBudget } from '../soft-budgets.js';

interface Booking {
  readonly id: string;
  readonly ledgers: readonly string[];
  /** Those of them that took no request: scopes, by a further attempt of a call. */
  readonly uncounted: readonly string[];
  readonly at: number;
  readonly leaseEnd: number;
  tokens: number;
  nanoDollars: number;
  /** Budgets it was booked in: whose, and of which duration. */
  readonly budgets: readonly { readonly ledger: string; readonly duration: string | undefined }[];
  isOpen: boolean;
  isReleased: boolean;
}

const lengthOfName: Readonly<Record<string, number>> = { '1m': 16, '1h': 13, '1d': 10, '1mo': 7 };

/** A call is one request, but to those who count its further attempt anew. */
function isCounted({ countsAnew }: LimitScope, { previous }: AdmitRequest): boolean {
  return previous === undefined || countsAnew === true;
}

/** What is the same for all moments of a window, and for no others. */
function windowName(duration: string | undefined, moment: number): string {
  return duration === undefined ? '' : new Date(moment).toISOString().slice(0, lengthOfName[duration]);
}

/**
 * What a limit store should do, as slow and plain as possible: it remembers every reservation for ever and
 * counts anew each time. Only for clocks that do not step back.
 */
export class ReferenceStore {
  readonly #bookings: Booking[] = [];
  readonly #warned = new Set<string>();

  constructor(private readonly now: () => number) {}

  /** Requests, tokens and attempts in flight. */
  use(ledger: string): { requests: number; tokens: number; busy: number } {
    const all = this.#bookings.filter(({ ledgers }) => ledgers.includes(ledger));
    const counted = all.filter((booking) => {
      const sameSecond = all.filter(({ at }) => Math.floor(at / 1_000) === Math.floor(booking.at / 1_000));
      return Math.max(...sameSecond.map(({ at }) => at)) + 60_000 > this.now();
    });
    return {
      requests: counted.filter(({ isReleased, uncounted }) => !isReleased && !uncounted.includes(ledger))
        .length,
      tokens: counted.reduce((sum, { tokens }) => sum + tokens, 0),
      busy: all.filter(({ isOpen, leaseEnd }) => isOpen && leaseEnd > this.now()).length,
    };
  }

  /** Paid and reserved in the window of now. */
  spent(ledger: string, duration: string | undefined): number {
    return this.#bookings
      .filter(({ budgets }) => budgets.some((one) => one.ledger === ledger && one.duration === duration))
      .filter(({ at }) => windowName(duration, at) === windowName(duration, this.now()))
      .reduce((sum, { nanoDollars }) => sum + nanoDollars, 0);
  }

  fits(ledger: string, limits: Limits, tokens: number): boolean {
    const use = this.use(ledger);
    return (
      use.requests + 1 <= (limits.rpm ?? Infinity) &&
      use.tokens + tokens <= (limits.tpm ?? Infinity) &&
      use.busy + 1 <= (limits.maxParallelRequests ?? Infinity)
    );
  }

  scopeFits(scope: LimitScope, request: AdmitRequest): boolean {
    const { tokens, nanoDollars = 0 } = request;
    const { kind, id, rpm, budgets = [], ...limits } = scope;
    const canPay = budgets.every(
      ({ maxNanoDollars = Infinity, duration }) =>
        this.spent(`${kind}:${id}`, duration) + nanoDollars <= maxNanoDollars,
    );
    return (
      canPay && this.fits(`${kind}:${id}`, isCounted(scope, request) ? { ...limits, rpm } : limits, tokens)
    );
  }

  /** Soft budgets that are spent, each once per window. */
  warn(scopes: readonly LimitScope[]): ReachedSoftBudget[] {
    return scopes.flatMap(({ kind, id, budgets = [] }) =>
      budgets.flatMap(({ softNanoDollars = Infinity, duration }) => {
        const window = `${kind}:${id}:${duration}:${windowName(duration, this.now())}`;
        const spentNanoDollars = this.spent(`${kind}:${id}`, duration);
        if (spentNanoDollars < softNanoDollars || this.#warned.has(window)) return [];
        this.#warned.add(window);
        return [{ kind, id, duration, softNanoDollars, spentNanoDollars }];
      }),
    );
  }

  /** The ids that may be chosen: several where the lot decides, none for a refusal. */
  mayChoose(request: AdmitRequest): string[] {
    const before = this.#known(request.reservationId);
    if (before !== undefined) return [before.ledgers[0]?.slice('deployment:'.length) ?? ''];
    if (!request.scopes.every((scope) => this.scopeFits(scope, request))) return [];
    const fitting = request.candidates.filter((one) =>
      this.fits(`deployment:${one.id}`, one, request.tokens),
    );
    const tier = fitting.filter((one) => fitting.every((other) => (one.order ?? 0) <= (other.order ?? 0)));
    if (request.pick === 'first') return tier.slice(0, 1).map(({ id }) => id);
    const useOf = ({ id }: AdmitCandidate): number =>
      this.use(`deployment:${id}`)[request.pick === 'least-busy' ? 'busy' : 'tokens'];
    return tier.filter((one) => tier.every((other) => useOf(one) <= useOf(other))).map(({ id }) => id);
  }

  book(request: AdmitRequest, chosenId: string): void {
    if (this.#known(request.reservationId) !== undefined) return;
    this.#bookings.push({
      id: request.reservationId,
      ledgers: [`deployment:${chosenId}`, ...request.scopes.map(({ kind, id }) => `${kind}:${id}`)],
      uncounted: request.scopes.flatMap((scope) =>
        isCounted(scope, request) ? [] : [`${scope.kind}:${scope.id}`],
      ),
      at: this.now(),
      leaseEnd: this.now() + request.leaseMs,
      tokens: request.tokens,
      nanoDollars: request.nanoDollars ?? 0,
      budgets: request.scopes.flatMap(({ kind, id, budgets = [] }) =>
        budgets.map(({ duration }) => ({ ledger: `${kind}:${id}`, duration })),
      ),
      isOpen: true,
      isReleased: false,
    });
  }

  /** Settles with so many tokens and, if they are known, nano-dollars; releases when there are no tokens given. */
  end(reservationId: string, tokens?: number, nanoDollars?: number): void {
    const booking = this.#known(reservationId);
    if (booking === undefined) return;
    booking.isOpen = false;
    booking.isReleased = tokens === undefined;
    booking.tokens = tokens ?? 0;
    booking.nanoDollars = booking.isReleased ? 0 : (nanoDollars ?? booking.nanoDollars);
  }

  /** A reservation that is open and can still change something. */
  #known(reservationId: string): Booking | undefined {
    return this.#bookings.find(
      ({ id, isOpen, at, leaseEnd, budgets }) =>
        id === reservationId &&
        isOpen &&
        Math.max(leaseEnd, at + (budgets.length > 0 ? 86_400_000 : 61_000)) > this.now(),
    );
  }
}
