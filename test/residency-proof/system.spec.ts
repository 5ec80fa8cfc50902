// Real: two gateways, three routers, identity, usage, NATS, Redis, Postgres. Fakes: the providers, which note whose bytes they get. The short
// form of `npm run prove:residency`.
import { expect, it } from 'vitest';
import { proveAtSystem } from './system-proof.js';
import { describeViolation } from './violation.js';

it(
  'no byte of a call leaves its regions while rules and configurations change',
  { timeout: 180_000, retry: 0 },
  async () => {
    const { violations, faults, ...counts } = await proveAtSystem({
      ...{ seed: 20_261_121, calls: 1_000, clients: 24, callsPerWorld: 250 },
      // Not about how soon: a machine under load announces a change late.
      settleMs: 5_000,
      say: () => undefined,
    });
    expect(violations.map(describeViolation).join('\n')).toBe('');
    expect(faults).toEqual([]);
    expect(counts).toMatchObject({ calls: 1_000 });
    expect(counts.worlds).toBeGreaterThan(1);
    expect(counts.ruleChanges).toBeGreaterThan(10);
  },
);
