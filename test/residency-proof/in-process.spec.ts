// Real: configuration, judgement, admission, permits, retries, fallbacks, the door. Fakes: providers, the clock, at times a router that lies.
import { expect, it } from 'vitest';
import { lies, proveInProcess } from './in-process-proof.js';
import { checkMutants } from './mutation-check.js';
import { describeViolation } from './violation.js';

const seed = 20_261_121;

it(
  'no call of random worlds leaves its regions, and all are answered as documented',
  { timeout: 120_000 },
  async () => {
    const { violation, receipts, refusals } = await proveInProcess({ seed, calls: 6_000, lies });
    expect(violation && describeViolation(violation)).toBeUndefined();
    expect(receipts).toBeGreaterThan(1_500);
    expect(refusals).toBeGreaterThan(1_500);
  },
);

it('is noticed when a guard is taken out', { timeout: 120_000 }, async () => {
  const fates = await checkMutants(seed, 5_000);
  const missed = fates.filter(({ caught }) => caught === undefined);
  expect(missed.map(({ mutant, failure }) => [mutant.name, failure])).toEqual([]);
});
