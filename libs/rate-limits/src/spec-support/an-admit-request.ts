import type { AdmitRequest } from '../limit-store.js';

let count = 0;

/** A request for one token of the unlimited deployment `a`, with a reservation id of its own. */
export function anAdmitRequest(overrides: Partial<AdmitRequest> = {}): AdmitRequest {
  count += 1;
  return {
    reservationId: `attempt-${count}`,
    candidates: [{ id: 'a' }],
    pick: 'first',
    scopes: [],
    tokens: 1,
    leaseMs: 120_000,
    ...overrides,
  };
}
