import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  fault,
  FaultError,
  slotReturned,
  usageRecorded,
  type UsageBatch,
  type UsageRecord,
} from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { Logger } from '@signalbox/platform';
import type { UsageWhenFull } from '@signalbox/config';
import type { UsageSpill } from './spill/usage-spill.js';
import { UsageBacklog } from './usage-backlog.js';

/** About 500 bytes per record keep a batch far below NATS' message limit of 1 MB. */
const maxBatch = 500;
const firstRetryMs = 100;
const longestRetryMs = 5_000;
/** How long the disk may take at the end for what the bus did not. */
const lastWritesMs = 2_000;

/** What is counted of an outbox. */
export interface OutboxMetrics {
  spilledUsage(records: number): void;
  droppedUsage(records: number): void;
  refusedForUsage(): void;
}

export interface UsageOutboxOptions {
  /** Records kept in memory while neither bus nor disk takes them. */
  readonly capacity: number;
  /** What becomes of calls beyond it. */
  readonly whenFull: UsageWhenFull;
  /** Where records go while the bus is away; without it they wait in memory. */
  readonly spill?: UsageSpill | undefined;
  readonly logger: Logger;
  readonly metrics: OutboxMetrics;
}

/**
 * Keeps usage records until JetStream has acknowledged them. Nobody waits for it on the call path: the first
 * record of a turn leaves at the end of that turn, and while a batch is under way the next one gathers. A slot for which
 * others may wait is given back at once. While the bus is away batches go to disk.
 */
export class UsageOutbox {
  private waiting: UsageRecord[] = [];
  private underway: UsageBatch | undefined;
  private scheduled = false;
  /** The bus did not take the last batch, and nothing since says that it would take another one. */
  private isAway = false;
  private wasFull = false;
  private giveUp: () => void = () => undefined;
  private readonly idleListeners: (() => void)[] = [];
  private readonly stopped = new AbortController();
  private readonly backlog: UsageBacklog | undefined;

  constructor(
    private readonly bus: Pick<Bus, 'publish' | 'broadcast' | 'onStatus'>,
    private readonly options: UsageOutboxOptions,
  ) {
    const { spill, logger } = options;
    if (spill !== undefined) {
      const publish = (batch: UsageBatch): Promise<void> => this.publish(batch);
      const onTried = (isPublished: boolean): void => void (this.isAway = !isPublished);
      this.backlog = new UsageBacklog({ spill, logger, publish, onTried });
    }
    bus.onStatus((status) => {
      this.isAway = status === 'disconnected' || status === 'closed';
      if (this.isAway) this.giveUp();
    });
  }

  /** Records in memory that are not acknowledged yet. */
  get depth(): number {
    return this.waiting.length + (this.underway?.records.length ?? 0);
  }

  /** Size of what lies on disk, bytes. */
  get spilledBytes(): number {
    return this.backlog?.bytes ?? 0;
  }

  /** Whether new calls are refused, as nothing could keep what they use. */
  get refusesCalls(): boolean {
    return this.isFull && this.options.whenFull === 'refuse';
  }

  /** @throws FaultError `usage_outbox_full` where what a new call uses could not be kept. */
  requireRoom(): void {
    if (!this.refusesCalls) return;
    this.options.metrics.refusedForUsage();
    throw new FaultError(fault('usage_outbox_full'));
  }

  /** Takes a record; never throws and never waits. */
  add(record: UsageRecord): void {
    const { attemptId, tokens, costNanoDollars: nanoDollars } = record;
    if (record.holdsSlot === true && callIsOver(record)) {
      this.bus.broadcast(slotReturned, {
        attemptId,
        tokens: tokens.total,
        ...(nanoDollars !== undefined && { nanoDollars }),
      });
    }
    if (this.isFull && !this.keepsBeyondCapacity()) return;
    this.waiting.push(record);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      void this.send();
    });
  }

  /**
   * Resolves when everything taken so far is acknowledged or on disk. What the bus does not take within the time limit
   * goes to disk too; tells how many records are left, which are lost if the process ends.
   */
  async flush(timeLimitMs: number): Promise<number> {
    if (await this.isIdleWithin(timeLimitMs)) return 0;
    if (this.backlog !== undefined) {
      this.isAway = true;
      this.giveUp();
      await this.isIdleWithin(lastWritesMs);
    }
    this.stopped.abort();
    return this.depth;
  }

  /** Ends it, after `flush`; what lies on disk stays there. */
  async close(): Promise<void> {
    this.stopped.abort();
    await this.backlog?.stop();
  }

  private get isFull(): boolean {
    return this.depth >= this.options.capacity;
  }

  /** Where new calls are refused, what is left are those under way, and their records are kept. */
  private keepsBeyondCapacity(): boolean {
    const { whenFull, logger, metrics } = this.options;
    if (!this.wasFull) logger.error({ records: this.depth, whenFull }, 'usage cannot be kept any more');
    this.wasFull = true;
    if (whenFull === 'refuse') return true;
    metrics.droppedUsage(1);
    return false;
  }

  private async isIdleWithin(milliseconds: number): Promise<boolean> {
    if (this.depth === 0) return true;
    const timeLimit = new AbortController();
    const idle = new Promise<void>((resolve) => this.idleListeners.push(resolve));
    const { signal } = timeLimit;
    await Promise.race([idle, wait(milliseconds, undefined, { signal }).catch(() => undefined)]);
    timeLimit.abort();
    return this.depth === 0;
  }

  private async send(): Promise<void> {
    while (this.waiting.length > 0 && !this.stopped.signal.aborted) {
      const records = this.waiting.splice(0, maxBatch);
      this.underway = { batchId: randomUUID(), records };
      await this.deliver(this.underway);
      this.underway = undefined;
      if (this.wasFull && !this.isFull) {
        this.wasFull = false;
        this.options.logger.info('usage can be kept again');
      }
    }
    this.scheduled = false;
    for (const resolve of this.idleListeners.splice(0)) resolve();
  }

  /**
   * Tries bus and disk until one of them has the batch. It has the same id wherever it goes, which makes a second
   * arrival harmless.
   */
  private async deliver(batch: UsageBatch): Promise<void> {
    const { metrics } = this.options;
    const { signal } = this.stopped;
    for (let retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, longestRetryMs)) {
      const mayTry = !this.isAway || retryMs > firstRetryMs || this.backlog === undefined;
      if (mayTry && (await this.isPublished(batch))) return;
      if ((await this.backlog?.keep(batch)) === true) {
        metrics.spilledUsage(batch.records.length);
        return;
      }
      if (signal.aborted) return;
      await wait(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async isPublished(batch: UsageBatch): Promise<boolean> {
    // The answer of a broker that is gone does not come any more: its time is not waited for.
    const gone = new Promise<never>((_, reject) => {
      this.giveUp = () => {
        reject(new Error('The connection to the broker was lost.'));
      };
    });
    try {
      await Promise.race([this.publish(batch), gone]);
      this.isAway = false;
      return true;
    } catch (error) {
      this.isAway = true;
      const problem = error instanceof Error ? error.message : 'unknown';
      this.options.logger.warn({ problem, depth: this.depth }, 'usage is kept: it was not acknowledged');
      return false;
    }
  }

  private publish(batch: UsageBatch): Promise<void> {
    return this.bus.publish(usageRecorded, batch, batch.batchId);
  }
}

/** After a failure the call may go on, and then its next attempt takes the slot over: nobody else shall come in between. */
function callIsOver({ outcome }: UsageRecord): boolean {
  return outcome === 'succeeded' || outcome === 'client_disconnected';
}
