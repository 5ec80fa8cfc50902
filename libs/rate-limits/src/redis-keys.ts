import type { LimitScope } from '@signalbox/contracts';

/** Whose ledger it is; `probe` holds the probes of a deployment on probation. */
export type LedgerKind = LimitScope['kind'] | 'deployment' | 'probe';

/**
 * Key of a ledger; its cells and leases lie under the same key with a suffix. The braces are a hash tag: on
 * a Redis Cluster all that belongs to one ledger would lie in one slot.
 */
export function ledgerKey(kind: LedgerKind, id: string): string {
  return `sb:{${kind}:${id}}`;
}

/** Key of what is spent of a budget of this duration. */
export function spendingKey(kind: LimitScope['kind'], id: string, duration = 'ever'): string {
  return `${ledgerKey(kind, id)}:spend:${duration}`;
}

/** Key of a reservation. */
export function reservationKey(reservationId: string): string {
  return `sb:{reservation:${reservationId}}`;
}
