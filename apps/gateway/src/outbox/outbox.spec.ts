/** Real: UsageOutbox, and files where there is a directory. Fake: a bus that acknowledges when the test says so. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { usageRecorded, type UsageBatch, type UsageRecord } from '@signalbox/contracts';
import type { Bus, StatusHandler } from '@signalbox/messaging';
import { createLogger } from '@signalbox/platform';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UsageOutbox, type UsageOutboxOptions } from '../usage/usage-outbox.js';
import { BatchSpill } from './spill/batch-spill.js';

const logger = createLogger({ service: 'spec', level: 'silent' });

class SlowBus {
  readonly published: UsageBatch[] = [];
  private readonly answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  readonly publish: Bus['publish'] = (_contract, event) => {
    this.published.push(event as UsageBatch);
    return new Promise((resolve, reject) => this.answers.push({ resolve, reject }));
  };
  readonly told: unknown[] = [];
  private tellStatus: StatusHandler = () => undefined;
  readonly onStatus: Bus['onStatus'] = (handler) => {
    this.tellStatus = handler;
    handler('connected');
    return () => undefined;
  };
  readonly broadcast: Bus['broadcast'] = (_contract, event) => {
    this.told.push(event);
  };
  acknowledge(): void {
    this.answers.shift()?.resolve();
  }
  fail(): void {
    this.answers.shift()?.reject(new Error('no acknowledgement'));
  }
  goAway(): void {
    this.tellStatus('disconnected');
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

function anOutbox(words: Partial<Pick<UsageOutboxOptions, 'capacity' | 'whenFull' | 'spill'>> = {}) {
  const bus = new SlowBus();
  const counts = { spilled: 0, dropped: 0, refused: 0 };
  const metrics = {
    spilled: (records: number) => (counts.spilled += records),
    dropped: (records: number) => (counts.dropped += records),
    refusedCall: () => (counts.refused += 1),
    watch: () => undefined,
  };
  const outbox = new UsageOutbox(bus, { capacity: 100, whenFull: 'refuse', logger, metrics, ...words });
  return { bus, outbox, counts };
}

const idsOf = (batch: UsageBatch | undefined): string[] | undefined =>
  batch?.records.map(({ attemptId }) => attemptId);

describe('UsageOutbox', () => {
  it('gives the slot of a call that is over back at once, without waiting for what is under way', () => {
    const { bus, outbox } = anOutbox({ capacity: 1 });
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

  it('refuses calls while it is full, and keeps what those under way have used', () => {
    const { outbox, counts } = anOutbox({ capacity: 2 });
    outbox.add(aRecord('1'));
    outbox.requireRoom();
    outbox.add(aRecord('2'));
    expect(() => {
      outbox.requireRoom();
    }).toThrow('usage_outbox_full');
    outbox.add(aRecord('3'));
    expect([outbox.depth, counts]).toEqual([3, { spilled: 0, dropped: 0, refused: 1 }]);
  });

  it('serves and drops what it cannot hold where that is wanted, and counts it', () => {
    const { outbox, counts } = anOutbox({ capacity: 2, whenFull: 'serve_unbilled' });
    for (const id of ['1', '2', '3']) {
      outbox.requireRoom();
      outbox.add(aRecord(id));
    }
    expect([outbox.depth, outbox.refusesCalls, counts.dropped]).toEqual([2, false, 1]);
  });

  it('tells at the end what could not be sent', async () => {
    const { bus, outbox } = anOutbox();
    outbox.add(aRecord('1'));
    expect(await outbox.flush(1)).toBe(1);
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

describe('UsageOutbox with a directory', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'signalbox-outbox-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const openSpill = (maxBytes = 1_000_000): Promise<BatchSpill<UsageRecord>> =>
    BatchSpill.open(usageRecorded, { directory, maxBytes, logger });

  it('writes what is under way to disk when the bus goes away, and publishes it under the same id', async () => {
    const { bus, outbox, counts } = anOutbox({ spill: await openSpill() });
    outbox.add(aRecord('1'));
    await vi.waitFor(() => {
      expect(bus.published).toHaveLength(1);
    });
    bus.goAway();
    await vi.waitFor(() => {
      expect([outbox.depth, counts.spilled]).toEqual([0, 1]);
    });
    await vi.waitFor(() => {
      expect(bus.published).toHaveLength(2);
    });
    expect(bus.published[1]).toEqual(bus.published[0]);
    // The first answer is nobody's any more.
    bus.fail();
    bus.acknowledge();
    await vi.waitFor(() => {
      expect(outbox.spilledBytes).toBe(0);
    });
    await outbox.close();
  });

  it('does not ask the bus for each batch while it is away', async () => {
    const { bus, outbox, counts } = anOutbox({ spill: await openSpill() });
    bus.goAway();
    for (const id of ['1', '2', '3']) {
      outbox.add(aRecord(id));
      await outbox.flush(10_000);
    }
    expect([outbox.depth, counts.spilled]).toEqual([0, 3]);
    expect(bus.published.length).toBeLessThan(2);
    await outbox.close();
  });

  it('leaves to the next one what was not published', async () => {
    const { bus, outbox } = anOutbox({ spill: await openSpill() });
    bus.goAway();
    outbox.add(aRecord('1'));
    expect(await outbox.flush(10_000)).toBe(0);
    await outbox.close();
    const next = anOutbox({ spill: await openSpill() });
    await vi.waitFor(() => {
      expect(idsOf(next.bus.published[0])).toEqual(['1']);
    });
    await next.outbox.close();
  });

  it('keeps in memory what the disk does not take', async () => {
    const { bus, outbox } = anOutbox({ spill: await openSpill(10), capacity: 1 });
    bus.goAway();
    outbox.add(aRecord('1'));
    await vi.waitFor(() => {
      expect(bus.published).toHaveLength(1);
    });
    expect([outbox.depth, outbox.refusesCalls]).toEqual([1, true]);
    bus.acknowledge();
    await vi.waitFor(() => {
      expect([outbox.depth, outbox.refusesCalls]).toEqual([0, false]);
    });
    await outbox.close();
  });
});
