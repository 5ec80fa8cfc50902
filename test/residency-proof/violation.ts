import type { MadeCall } from './oracle.js';

/** A call that went wrong. */
export interface Violation {
  readonly faults: readonly string[];
  readonly call: MadeCall;
  /** Its decision record, where there is one. */
  readonly record?: unknown;
}

/** All that is known of it, as text. */
export function describeViolation({ faults, call, record }: Violation): string {
  const { plan, demands, answer, receipts, world } = call;
  const wanted = new Set(receipts.map(({ site }) => site.name));
  const details = {
    call: plan,
    demands,
    answer,
    receivedBy: receipts.map(({ site, isWithdrawn }) => ({ ...site, words: [...site.words], isWithdrawn })),
    others: world?.sites
      .filter(({ name }) => !wanted.has(name))
      .map(({ id, words }) => `${id}: ${[...words].join('/')}`),
    routerSettings: world?.routerSettings,
    record,
  };
  return [...faults, JSON.stringify(details, undefined, 2)].join('\n');
}
