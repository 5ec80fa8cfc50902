/** Real: UsageOutbox. Fake: a bus that acknowledges when the test says so. */
import type { UsageBatch, UsageRecord } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { describe, expect, it, vi } from 'vitest';
import { UsageOutbox } from './usage-outbox.js';

const logger = createLogger({ service: 'spec', level: 'silent' });

class SlowBus {
  readonly published: UsageBatch[] = [];
  private readonly answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  readonly publish: Bus['publish'] = (_contract, event) => {
    this.published.push(event as UsageBatch);
    return new Promise((resolve, reject) => this.answers.push({ resolve, reject }));
  };
  readonly told: unknown[] = [];
  readonly broadcast: Bus['broadcast'] = (_contract, event) => {
    this.told.push(event);
  };
  acknowledge(): void {
    this.answers.shift()?.resolve();
  }
  fail(): void {
    this.answers.shift()?.reject(new Error('no acknowledgement'));
  }
}

function aRecord(attemptId: string): UsageRecord {
  return {
    attemptId,
    requestId: 'r',
    startedAt: 0,
    durationMs: 1,
    outcome: 'succeeded',
    upstreamStatus: 200,
    streamed: false,
    deploymentId: 'd',
    modelGroup: 'g',
    region: null,
    keyHash: null,
    teamId: null,
    endUserId: null,
    tokens: { prompt: 1, completion: 1, total: 2, source: 'provider' },
  };
}

function anOutbox(capacity = 100) {
  const bus = new SlowBus();
  let dropped = 0;
  const outbox = new UsageOutbox(bus, { capacity, logger, onDropped: (records) => (dropped += records) });
  return { bus, outbox, dropped: () => dropped };
}

const idsOf = (batch: UsageBatch | undefined): string[] | undefined =>
  batch?.records.map(({ attemptId }) => attemptId);

describe('UsageOutbox', () => {
  it('gives the slot of a call that is over back at once, without waiting for what is under way', () => {
    const { bus, outbox } = anOutbox(1);
    outbox.add(aRecord('1'));
    outbox.add({ ...aRecord('2'), holdsSlot: true });
    outbox.add({ ...aRecord('3'), holdsSlot: true, outcome: 'failed' });
    expect(bus.told).toEqual([{ attemptId: '2', tokens: 2 }]);
  });

  it('sends what came in one turn together, and gathers the rest while it waits', async () => {
    const { bus, outbox } = anOutbox();
    outbox.add(aRecord('1'));
    outbox.add(aRecord('2'));
    await vi.waitFor(() => {
      expect(idsOf(bus.published[0])).toEqual(['1', '2']);
    });
    outbox.add(aRecord('3'));
    outbox.add(aRecord('4'));
    bus.acknowledge();
    await vi.waitFor(() => {
      expect(idsOf(bus.published[1])).toEqual(['3', '4']);
    });
  });

  it('keeps a batch until it is acknowledged, under the same id', async () => {
    const { bus, outbox } = anOutbox();
    outbox.add(aRecord('1'));
    await vi.waitFor(() => {
      expect(bus.published).toHaveLength(1);
    });
    bus.fail();
    await vi.waitFor(() => {
      expect(bus.published).toHaveLength(2);
    });
    expect(bus.published[1]).toEqual(bus.published[0]);
    expect(outbox.depth).toBe(1);
    bus.acknowledge();
    await vi.waitFor(() => {
      expect(outbox.depth).toBe(0);
    });
  });

  it('drops what it cannot hold, and counts it', () => {
    const { outbox, dropped } = anOutbox(2);
    for (const id of ['1', '2', '3']) outbox.add(aRecord(id));
    expect([outbox.depth, dropped()]).toEqual([2, 1]);
  });

  it('tells at the end what could not be sent', async () => {
    const { bus, outbox } = anOutbox();
    outbox.add(aRecord('1'));
    expect(await outbox.flush(20)).toBe(1);
    const second = anOutbox();
    second.outbox.add(aRecord('1'));
    const flushed = second.outbox.flush(5_000);
    await vi.waitFor(() => {
      expect(second.bus.published).toHaveLength(1);
    });
    second.bus.acknowledge();
    expect(await flushed).toBe(0);
    expect(bus.published).toHaveLength(1);
  });
});
