// Real: both stores, one of them on a real Redis. Fake: the clock.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parallelRetryMs, probeLeaseMs, type AdmitRequest, type LimitStore } from './limit-store.js';
import { anAdmitRequest } from './spec-support/an-admit-request.js';
import { implementations, TestClock } from './spec-support/implementations.js';

describe.each(implementations)('a deployment on probation, by $name', (implementation) => {
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

  const onProbation = { id: 'a', onProbation: true };
  const admitOne = async (overrides: Partial<AdmitRequest> = {}) => {
    const [result] = await store.admit([anAdmitRequest({ candidates: [onProbation], ...overrides })]);
    if (result === undefined) throw new Error('no result');
    return result;
  };

  it('takes one attempt at a time, also from one batch', async () => {
    const results = await store.admit([
      anAdmitRequest({ candidates: [onProbation] }),
      anAdmitRequest({ candidates: [onProbation] }),
    ]);
    expect(results.map(({ chosenId }) => chosenId)).toEqual(['a', undefined]);
    expect(results[1]?.verdicts).toEqual([{ id: 'a', code: 'parallel', retryAfterMs: parallelRetryMs }]);
    expect((await admitOne()).chosenId).toBeUndefined();
  });

  it('lets the others go elsewhere', async () => {
    const candidates = [onProbation, { id: 'b' }];
    expect((await admitOne({ candidates })).chosenId).toBe('a');
    const second = await admitOne({ candidates });
    expect(second.chosenId).toBe('b');
    expect(second.verdicts).toMatchObject([{ code: 'parallel' }, { code: 'chosen' }]);
  });

  it.each(['settle', 'release'] as const)('takes the next when the probe is over: %s', async (end) => {
    const { reservationId } = await admitOne();
    if (end === 'settle') await store.settle([{ reservationId, tokens: 3 }]);
    else await store.release([reservationId]);
    expect((await admitOne()).chosenId).toBe('a');
    expect((await admitOne()).chosenId).toBeUndefined();
  });

  it('does not wait for attempts from before', async () => {
    await admitOne({ candidates: [{ id: 'a' }] });
    expect((await admitOne()).chosenId).toBe('a');
  });

  it('does not wait for ever for a probe that nobody ends', async () => {
    await admitOne();
    clock.step(probeLeaseMs - 1);
    expect(await admitOne()).toMatchObject({ verdicts: [{ code: 'parallel', retryAfterMs: 1 }] });
    clock.step(1);
    expect((await admitOne()).chosenId).toBe('a');
  });

  it('keeps its own limits', async () => {
    const candidates = [{ ...onProbation, rpm: 1 }];
    const { reservationId } = await admitOne({ candidates });
    await store.settle([{ reservationId, tokens: 1 }]);
    expect(await admitOne({ candidates })).toMatchObject({ verdicts: [{ code: 'rpm' }] });
  });

  it('answers a probe asked for twice the same way', async () => {
    const request = anAdmitRequest({ candidates: [onProbation] });
    const [first] = await store.admit([request]);
    const [again] = await store.admit([request]);
    expect([first?.chosenId, again?.chosenId]).toEqual(['a', 'a']);
  });

  it('takes as many as it can again when probation is over', async () => {
    await admitOne();
    const candidates = [{ id: 'a' }];
    expect([(await admitOne({ candidates })).chosenId, (await admitOne({ candidates })).chosenId]).toEqual([
      'a',
      'a',
    ]);
  });
});
