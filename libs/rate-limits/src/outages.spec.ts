// Fakes: the shared store is one in memory that can be taken away, the clock and the schedule stand still.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anAdmitRequest } from './spec-support/an-admit-request.js';
import { Outage } from './spec-support/outage.js';

it('never admits past a limit in an outage and after it, with any number of processes in any order', async () => {
  const step = fc.record({
    process: fc.nat(4),
    count: fc.integer({ min: 1, max: 6 }),
    waitMs: fc.nat(9_000),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 12 }),
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.nat(40),
      async (of, rpm, steps, backAt) => {
        const outage = new Outage();
        const { clock, primary } = outage;
        const stores = Array.from({ length: of }, (_, place) =>
          outage.aStore({ share: () => ({ place, of }) }),
        );
        const hello = { candidates: [{ id: 'other' }] };
        primary.isAway = false;
        for (const store of stores) await store.admit([anAdmitRequest(hello)]);
        primary.isAway = true;
        for (const store of stores) await store.admit([anAdmitRequest(hello)]);
        const admitted: number[] = [];
        for (const [index, { process, count, waitMs }] of steps.entries()) {
          if (index === backAt) {
            primary.isAway = false;
            await outage.later();
          }
          const candidates = [{ id: `a${of}`, rpm }];
          const asked = Array.from({ length: count }, () => anAdmitRequest({ candidates, leaseMs: 20_000 }));
          const results = (await stores[process % of]?.admit(asked)) ?? [];
          for (const { chosenId } of results) if (chosenId !== undefined) admitted.push(clock.now());
          clock.step(waitMs);
        }
        clock.step(120_000);
        for (const begin of admitted) {
          const window = admitted.filter((at) => at >= begin && at < begin + 60_000);
          expect(window.length).toBeLessThanOrEqual(rpm);
        }
      },
    ),
    { numRuns: 200 },
  );
});

it('never admits twice a limit, however often the shared store comes and goes', async () => {
  const step = fc.record({
    process: fc.nat(4),
    count: fc.integer({ min: 1, max: 6 }),
    waitMs: fc.nat(9_000),
    isAway: fc.boolean(),
    isTried: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 12 }),
      fc.array(step, { minLength: 1, maxLength: 40 }),
      async (of, rpm, steps) => {
        const outage = new Outage();
        const { clock, primary } = outage;
        const stores = Array.from({ length: of }, (_, place) =>
          outage.aStore({ share: () => ({ place, of }) }),
        );
        await Promise.all(stores.map((store) => store.probe()));
        const admitted: number[] = [];
        for (const { process, count, waitMs, isAway, isTried } of steps) {
          primary.isAway = isAway;
          if (isTried) await outage.later();
          const asked = Array.from({ length: count }, () =>
            anAdmitRequest({ candidates: [{ id: 'a', rpm }] }),
          );
          const results = (await stores[process % of]?.admit(asked)) ?? [];
          for (const { chosenId } of results) if (chosenId !== undefined) admitted.push(clock.now());
          clock.step(waitMs);
        }
        for (const begin of admitted) {
          const window = admitted.filter((at) => at >= begin && at < begin + 60_000);
          expect(window.length).toBeLessThanOrEqual(2 * rpm);
        }
      },
    ),
    { numRuns: 200 },
  );
});
