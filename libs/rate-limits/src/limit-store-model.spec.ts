// Real: both stores, one of them on a real Redis, against the slow reference. Fake: the clock.
import fc from 'fast-check';
import type { LimitScope } from '@signalbox/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitState } from './limit-state.js';
import type { AdmitRequest, AdmitResult, LimitStore } from './limit-store.js';
import { budgetState } from './spendings.js';
import { implementations, TestClock } from './spec-support/implementations.js';
import { ReferenceStore } from './spec-support/reference-store.js';

type Step =
  | { kind: 'admit'; requests: AdmitRequest[] }
  | { kind: 'settle' | 'release'; attempt: number; tokens: number; nanoDollars: number | undefined }
  | { kind: 'wait'; milliseconds: number };

const limits = {
  rpm: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
  tpm: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
  maxParallelRequests: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
};
const candidate = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  order: fc.option(fc.integer({ min: -1, max: 1 }), { nil: undefined }),
  ...limits,
});
const cost = fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined, freq: 2 });
const budget = fc.record({
  maxNanoDollars: fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined }),
  softNanoDollars: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
  duration: fc.constantFrom('1m', '1h', '1d', '1mo', undefined),
});
const scope = fc.record({
  kind: fc.constantFrom('api_key' as const, 'team' as const),
  id: fc.constantFrom('x', 'y'),
  countsAnew: fc.option(fc.boolean(), { nil: undefined, freq: 1 }),
  ...limits,
  budgets: fc.option(fc.uniqueArray(budget, { maxLength: 2, selector: ({ duration }) => duration }), {
    nil: undefined,
    freq: 1,
  }),
});
const attemptNumber = fc.integer({ min: 0, max: 40 });
const request: fc.Arbitrary<AdmitRequest> = fc.record({
  reservationId: attemptNumber.map((number) => `attempt-${number}`),
  candidates: fc.uniqueArray(candidate, { maxLength: 4, selector: ({ id }) => id }),
  pick: fc.constantFrom('first', 'least-tokens', 'least-busy'),
  scopes: fc.uniqueArray(scope, { maxLength: 2, selector: ({ kind, id }) => kind + id }),
  tokens: fc.integer({ min: 0, max: 20 }),
  nanoDollars: cost,
  leaseMs: fc.integer({ min: 1, max: 150_000 }),
  seed: fc.nat(),
  previous: fc.option(
    fc.record({
      reservationId: attemptNumber.map((number) => `attempt-${number}`),
      tokens: fc.integer({ min: 0, max: 40 }),
      nanoDollars: cost,
    }),
    { nil: undefined, freq: 3 },
  ),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('admit' as const),
      requests: fc.array(request, { maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('settle' as const, 'release' as const),
      attempt: attemptNumber,
      tokens: fc.integer({ min: 0, max: 40 }),
      nanoDollars: cost,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      milliseconds: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 90_000 }), {
        weight: 1,
        arbitrary: fc.integer({ min: 0, max: 100_000_000 }),
      }),
    }),
  },
);

function stateOf(reference: ReferenceStore, scope: LimitScope) {
  const ledger = `${scope.kind}:${scope.id}`;
  const spent = (scope.budgets ?? []).map(({ duration }) => reference.spent(ledger, duration));
  return { ...limitState(scope, reference.use(ledger)), ...budgetState(scope.budgets, spent) };
}

/** Compares one answer with the reference and books it there. */
function compare(reference: ReferenceStore, request: AdmitRequest, result: AdmitResult | undefined): void {
  const mayChoose = reference
    .mayChoose(request)
    .filter((id) => request.candidates.some((one) => one.id === id));
  if (mayChoose.length === 0) expect(result?.chosenId).toBeUndefined();
  else expect(mayChoose).toContain(result?.chosenId);
  for (const { id, code } of result?.verdicts ?? []) {
    if (code === 'chosen') continue;
    const candidate = request.candidates.find((one) => one.id === id);
    const fits = reference.fits(`deployment:${id}`, candidate ?? {}, request.tokens);
    expect(code === 'eligible').toBe(fits);
  }
  expect(result?.scopeVerdicts.map(({ code }) => code === 'fits')).toEqual(
    request.scopes.map((scope) => reference.scopeFits(scope, request)),
  );
  expect(result?.softBudgets ?? []).toEqual(reference.warn(request.scopes));
  if (result?.chosenId !== undefined) reference.book(request, result.chosenId);
  expect(result?.scopeVerdicts.map(({ state }) => state)).toEqual(
    request.scopes.map((scope) => stateOf(reference, scope)),
  );
  if (result?.chosenId === undefined) return;
  const { rpm, tpm } = request.candidates.find(({ id }) => id === result.chosenId) ?? {};
  const use = reference.use(`deployment:${result.chosenId}`);
  if (rpm !== undefined) expect(result.state?.remainingRequests).toBe(Math.max(0, rpm - use.requests));
  if (tpm !== undefined) expect(result.state?.remainingTokens).toBe(Math.max(0, tpm - use.tokens));
}

/** A wait that was promised must be right: refused one millisecond before, admitted at the time. */
async function comparePromise(
  store: LimitStore,
  reference: ReferenceStore,
  clock: TestClock,
  request: AdmitRequest,
  result: AdmitResult | undefined,
): Promise<void> {
  const refused = result?.verdicts.find(({ code, retryAfterMs }) => code !== 'parallel' && retryAfterMs);
  const candidate = request.candidates.find(({ id }) => id === refused?.id);
  if (refused?.retryAfterMs === undefined || candidate === undefined) return;
  const again = {
    ...request,
    reservationId: 'promise',
    candidates: [candidate],
    scopes: [],
    previous: undefined,
  };
  clock.step(refused.retryAfterMs - 1);
  const [before] = await store.admit([again]);
  expect(before?.chosenId).toBeUndefined();
  clock.step(1);
  const [after] = await store.admit([again]);
  const code = after?.verdicts[0]?.code;
  expect(['chosen', 'parallel']).toContain(code);
  if (code !== 'chosen') return;
  reference.book(again, candidate.id);
  await store.release(['promise']);
  reference.end('promise');
}

describe.each(implementations)('$name against the reference model', (implementation) => {
  let running: Awaited<ReturnType<typeof implementation.start>>;
  beforeAll(async () => {
    running = await implementation.start();
  });
  afterAll(() => running.stop());

  it('agrees on every answer to any mix of admissions, settlements, releases and waits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 80, size: 'max' }), async (steps) => {
        const clock = new TestClock();
        const store = await running.open(clock);
        const reference = new ReferenceStore(clock.now);
        for (const step of steps) {
          if (step.kind === 'wait') clock.step(step.milliseconds);
          if (step.kind === 'settle') {
            const { attempt, tokens, nanoDollars } = step;
            await store.settle([{ reservationId: `attempt-${attempt}`, tokens, nanoDollars }]);
            reference.end(`attempt-${attempt}`, tokens, nanoDollars);
          }
          if (step.kind === 'release') {
            await store.release([`attempt-${step.attempt}`]);
            reference.end(`attempt-${step.attempt}`);
          }
          if (step.kind !== 'admit') continue;
          const results = await store.admit(step.requests);
          for (const { previous } of step.requests) {
            if (previous !== undefined)
              reference.end(previous.reservationId, previous.tokens, previous.nanoDollars);
          }
          step.requests.forEach((one, index) => {
            compare(reference, one, results[index]);
          });
          const last = step.requests.at(-1);
          if (last !== undefined) await comparePromise(store, reference, clock, last, results.at(-1));
        }
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});
