// Real: both stores, one of them on a real Redis. Fake: the clock.
import { budgetWindow } from '@signalbox/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AdmitRequest, AdmitResult, LimitStore } from './limit-store.js';
import { anAdmitRequest } from './spec-support/an-admit-request.js';
import { implementations, TestClock } from './spec-support/implementations.js';

const minute = 60_000;
const day = 1_440 * minute;
const ofKey = { kind: 'api_key', id: 'k' } as const;

describe.each(implementations)('budgets by $name', (implementation) => {
  let running: Awaited<ReturnType<typeof implementation.start>>;
  let clock: TestClock;
  let store: LimitStore;

  beforeAll(async () => {
    running = await implementation.start();
  });
  afterAll(() => running.stop());
  beforeEach(async () => {
    clock = new TestClock();
    store = await running.open(clock);
  });

  const admit = async (words: Partial<AdmitRequest>): Promise<AdmitResult> => {
    const [result] = await store.admit([anAdmitRequest(words)]);
    if (result === undefined) throw new Error('no answer');
    return result;
  };
  const budget = (maxNanoDollars: number, duration?: string) => ({
    ...ofKey,
    budgets: [{ maxNanoDollars, duration }],
  });
  const spent = async (duration?: string): Promise<number | undefined> => {
    const { scopeVerdicts, reservationId } = await admit({ scopes: [budget(1_000_000, duration)] });
    await store.release([reservationId]);
    return scopeVerdicts[0]?.state.budget?.spentNanoDollars;
  };

  it('reserve what a call may cost, and refuse what does not fit with the time of the next window', async () => {
    const scopes = [budget(100, '1d')];
    expect(await admit({ scopes, nanoDollars: 60 })).toMatchObject({
      chosenId: 'a',
      scopeVerdicts: [
        { code: 'fits', state: { budget: { maxNanoDollars: 100, spentNanoDollars: 60, duration: '1d' } } },
      ],
    });
    const refused = await admit({ scopes, nanoDollars: 41 });
    expect(refused).toMatchObject({
      scopeVerdicts: [{ code: 'budget', retryAfterMs: day / 2, state: { budget: { spentNanoDollars: 60 } } }],
    });
    expect(refused).not.toHaveProperty('chosenId');
    expect(await admit({ scopes, nanoDollars: 40 })).toMatchObject({ chosenId: 'a' });
    clock.step(day / 2 - 1);
    expect(await admit({ scopes, nanoDollars: 1 })).toMatchObject({ scopeVerdicts: [{ retryAfterMs: 1 }] });
    clock.step(1);
    expect(await admit({ scopes, nanoDollars: 100 })).toMatchObject({ chosenId: 'a' });
  });

  it('say nothing of a time when it never fits', async () => {
    await admit({ scopes: [budget(10)], nanoDollars: 10 });
    const verdicts = async (words: Partial<AdmitRequest>) => (await admit(words)).scopeVerdicts[0];
    expect(await verdicts({ scopes: [budget(10)], nanoDollars: 1 })).not.toHaveProperty('retryAfterMs');
    expect(await verdicts({ scopes: [budget(10, '1h')], nanoDollars: 11 })).not.toHaveProperty(
      'retryAfterMs',
    );
  });

  it('let pass what costs nothing until more than all is spent', async () => {
    const scopes = [budget(10)];
    const { reservationId } = await admit({ scopes, nanoDollars: 10 });
    expect(await admit({ scopes })).toMatchObject({ chosenId: 'a' });
    await store.settle([{ reservationId, tokens: 1, nanoDollars: 11 }]);
    expect(await admit({ scopes })).toMatchObject({ scopeVerdicts: [{ code: 'budget' }] });
  });

  it('are settled to the real cost, once; an unknown one stays as it was estimated', async () => {
    const [one, two, three] = [
      await admit({ scopes: [budget(1_000)], nanoDollars: 100 }),
      await admit({ scopes: [budget(1_000)], nanoDollars: 200 }),
      await admit({ scopes: [budget(1_000)], nanoDollars: 400 }),
    ];
    const settlement = { reservationId: one.reservationId, tokens: 1, nanoDollars: 30 };
    await store.settle([settlement, settlement]);
    await store.settle([settlement, { reservationId: two.reservationId, tokens: 1 }]);
    expect(await spent()).toBe(630);
    await store.release([three.reservationId]);
    expect(await spent()).toBe(230);
  });

  it('are given the real cost up to a day late, and keep the estimate of what nobody settles', async () => {
    const late = await admit({ scopes: [budget(1_000)], nanoDollars: 100, leaseMs: 1_000 });
    const later = await admit({ scopes: [budget(1_000)], nanoDollars: 100, leaseMs: 1_000 });
    clock.step(day - 1);
    await store.settle([{ reservationId: late.reservationId, tokens: 1, nanoDollars: 7 }]);
    expect(await spent()).toBe(107);
    clock.step(1);
    expect(await admit({ reservationId: later.reservationId, scopes: [budget(1_000)] })).toMatchObject({
      scopeVerdicts: [{ state: { budget: { spentNanoDollars: 107 } } }],
    });
  });

  it('are corrected in the window the call was admitted in, not in the next', async () => {
    const { reservationId } = await admit({ scopes: [budget(1_000, '1h')], nanoDollars: 100 });
    clock.step(60 * minute);
    await admit({ scopes: [budget(1_000, '1h')], nanoDollars: 50 });
    await store.settle([{ reservationId, tokens: 1, nanoDollars: 900 }]);
    expect(await spent('1h')).toBe(50);
  });

  it('must all have room, and take of all or of none', async () => {
    const several = {
      ...ofKey,
      budgets: [
        { maxNanoDollars: 50, duration: '1d' },
        { maxNanoDollars: 60, duration: '1mo' },
      ],
    };
    const team = { kind: 'team' as const, id: 't', budgets: [{ maxNanoDollars: 40 }] };
    expect(await admit({ scopes: [several, team], nanoDollars: 41 })).toMatchObject({
      scopeVerdicts: [{ code: 'fits' }, { code: 'budget' }],
    });
    expect(await spent('1d')).toBe(0);
    await admit({ scopes: [several], nanoDollars: 50 });
    clock.step(day);
    expect(await admit({ scopes: [several, team], nanoDollars: 11 })).toMatchObject({
      scopeVerdicts: [
        { code: 'budget', state: { budget: { maxNanoDollars: 60, duration: '1mo' } } },
        { code: 'fits' },
      ],
    });
    expect(await admit({ scopes: [several, team], nanoDollars: 10 })).toMatchObject({ chosenId: 'a' });
  });

  it('name what stays in the way longest, budget or limit', async () => {
    const scope = (duration: string) => ({ ...budget(10, duration), rpm: 1 });
    await admit({ scopes: [scope('1h')], nanoDollars: 10 });
    expect(await admit({ scopes: [scope('1h')], nanoDollars: 1 })).toMatchObject({
      scopeVerdicts: [{ code: 'budget', retryAfterMs: 60 * minute }],
    });
    expect(await admit({ scopes: [scope('1s')], nanoDollars: 1 })).toMatchObject({
      scopeVerdicts: [{ code: 'rpm' }],
    });
  });

  it('do not count the attempt before of the same call twice', async () => {
    const first = await admit({ scopes: [budget(100)], nanoDollars: 80 });
    const previous = { reservationId: first.reservationId, tokens: 0, nanoDollars: 5 };
    expect(await admit({ scopes: [budget(100)], nanoDollars: 95, previous })).toMatchObject({
      chosenId: 'a',
    });
    expect(await spent()).toBe(100);
  });

  it('that are soft are told of once per window, to one of many, and refuse nothing', async () => {
    const soft = { ...ofKey, budgets: [{ softNanoDollars: 100, duration: '1d' }] };
    const warnings = async (count = 1) => {
      const requests = Array.from({ length: count }, () => admit({ scopes: [soft], nanoDollars: 60 }));
      const results = await Promise.all(requests);
      expect(results.every(({ chosenId }) => chosenId === 'a')).toBe(true);
      return results.flatMap(({ softBudgets = [] }) => softBudgets);
    };
    expect(await warnings()).toEqual([]);
    expect(await warnings()).toEqual([]);
    expect(await warnings(5)).toEqual([
      { ...ofKey, duration: '1d', softNanoDollars: 100, spentNanoDollars: 120 },
    ]);
    const { reservationId } = await admit({ scopes: [soft], nanoDollars: 60 });
    await store.settle([{ reservationId, tokens: 1, nanoDollars: 1 }]);
    expect(await warnings()).toEqual([]);
    clock.step(day);
    expect(await warnings(2)).toEqual([]);
    expect(await warnings()).toHaveLength(1);
  });

  it('refuse two of the same duration, and parts of a nano-dollar', async () => {
    const twice = { ...ofKey, budgets: [{ maxNanoDollars: 1 }, { maxNanoDollars: 2 }] };
    await expect(admit({ scopes: [twice] })).rejects.toThrow(RangeError);
    await expect(admit({ nanoDollars: 0.5 })).rejects.toThrow(RangeError);
    await expect(admit({ scopes: [budget(1, '1y')] })).rejects.toThrow(RangeError);
  });

  it('begin again when their windows end, at any time and of any length', async () => {
    const duration = fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom('s', 'm', 'h', 'd', 'w', 'mo'))
      .map(([count, unit]) => `${count}${unit}`);
    await fc.assert(
      fc.asyncProperty(duration, fc.integer({ min: 0, max: 4e12 }), async (words, later) => {
        clock = new TestClock();
        clock.step(later);
        store = await running.open(clock);
        const scopes = [budget(10, words)];
        await admit({ scopes, nanoDollars: 10 });
        const wait = budgetWindow(words, clock.now()).end - clock.now();
        expect(await admit({ scopes, nanoDollars: 1 })).toMatchObject({
          scopeVerdicts: [{ code: 'budget', retryAfterMs: wait }],
        });
        clock.step(wait);
        expect(await admit({ scopes, nanoDollars: 10 })).toMatchObject({ chosenId: 'a' });
      }),
      { numRuns: 100 },
    );
  });

  it('are never overspent by more than what calls cost beyond their estimates', async () => {
    const call = fc.record({
      estimate: fc.integer({ min: 0, max: 40 }),
      cost: fc.integer({ min: 0, max: 50 }),
      settles: fc.boolean(),
      together: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { maxLength: 30 }),
        fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 3 }),
        async (calls, amounts) => {
          store = await running.open(clock);
          // Of several windows at once the smallest holds: they all begin with nothing spent.
          const durations = ['1mo', '1d', undefined];
          const budgets = amounts.map((maxNanoDollars, index) => ({
            maxNanoDollars,
            duration: durations[index],
          }));
          const most = Math.min(...amounts);
          let paid = 0;
          let beyond = 0;
          for (const { estimate, cost, settles, together } of calls) {
            const requests = Array.from({ length: together }, () =>
              anAdmitRequest({ scopes: [{ ...ofKey, budgets }], nanoDollars: estimate }),
            );
            // Each on its own way, all at the same time.
            const results = (await Promise.all(requests.map((one) => store.admit([one])))).flat();
            const admitted = results.filter(({ chosenId }) => chosenId !== undefined);
            const real = settles ? cost : estimate;
            if (settles) {
              await store.settle(
                admitted.map(({ reservationId }) => ({ reservationId, tokens: 1, nanoDollars: cost })),
              );
            }
            paid += real * admitted.length;
            beyond += Math.max(0, real - estimate) * admitted.length;
            expect(paid).toBeLessThanOrEqual(most + beyond);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
