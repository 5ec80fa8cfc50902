import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { fault, FaultError } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { Logger } from '@signalbox/platform';
import type { UsageWhenFull } from '@signalbox/config';
import { Backlog } from './backlog.js';
import type { Batch, BatchStream } from './batch.js';
import { publishInParts } from './publish-in-parts.js';
import type { BatchSpill } from './spill/batch-spill.js';

/** Records of about 500 bytes keep a batch far below NATS' message limit of 1 MB. */
const maxBatch = 500;
/**
 * How long a batch gathers. What a batch costs the gateway, the bus and everybody who reads it hardly depends on its size;
 * a gateway that is killed loses what it gathered.
 */
const gatherMs = 10;
const firstRetryMs = 100;
const longestRetryMs = 5_000;
/** How long the disk may take at the end for what the bus did not. */
const lastWritesMs = 2_000;

/** What is counted of an outbox. */
export interface OutboxMetrics {
  spilled(records: number): void;
  dropped(records: number): void;
  refusedCall(): void;
  /** To be called once, with the outbox. */
  watch(outbox: { readonly depth: number; readonly spilledBytes: number }): void;
}

export interface OutboxOptions<Item> {
  /** What a record is one of, for people: `usage`. */
  readonly what: string;
  /** Records kept in memory while neither bus nor disk takes them. */
  readonly capacity: number;
  /** What becomes of calls beyond it. */
  readonly whenFull: UsageWhenFull;
  /** Where records go while the bus is away; without it they wait in memory. */
  readonly spill?: BatchSpill<Item> | undefined;
  readonly logger: Logger;
  readonly metrics: OutboxMetrics;
}

/**
 * Keeps records until JetStream has acknowledged them. Nobody waits for it on the call path: a record leaves a few
 * milliseconds after it came, together with those that came meanwhile. While the bus is away batches go to disk.
 */
export class Outbox<Item> {
  private waiting: Item[] = [];
  private underway: Batch<Item> | undefined;
  private scheduled = false;
  /** The bus did not take the last batch, and nothing since says that it would take another one. */
  private isAway = false;
  private wasFull = false;
  private giveUp: () => void = () => undefined;
  private readonly idleListeners: (() => void)[] = [];
  private readonly stopped = new AbortController();
  private readonly backlog: Backlog<Item> | undefined;

  constructor(
    private readonly bus: Pick<Bus, 'publish' | 'onStatus'>,
    private readonly stream: BatchStream<Item>,
    private readonly options: OutboxOptions<Item>,
  ) {
    const { spill, logger, metrics } = options;
    metrics.watch(this);
    if (spill !== undefined) {
      const publish = (batch: Batch<Item>): Promise<void> => this.publish(batch);
      const onTried = (isPublished: boolean): void => void (this.isAway = !isPublished);
      this.backlog = new Backlog({ spill, logger, publish, onTried });
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

  /** Whether new calls are refused, as nothing could keep their records. */
  get refusesCalls(): boolean {
    return this.isFull && this.options.whenFull === 'refuse';
  }

  /** @throws FaultError `usage_outbox_full` where the records of a new call could not be kept. */
  requireRoom(): void {
    if (!this.refusesCalls) return;
    this.options.metrics.refusedCall();
    throw new FaultError(fault('usage_outbox_full'));
  }

  /** Takes a record; never throws and never waits. */
  add(record: Item): void {
    if (this.isFull && !this.keepsBeyondCapacity()) return;
    this.waiting.push(record);
    if (this.scheduled) return;
    this.scheduled = true;
    void this.send();
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
    const { what, whenFull, logger, metrics } = this.options;
    if (!this.wasFull)
      logger.error({ what, records: this.depth, whenFull }, 'records cannot be kept any more');
    this.wasFull = true;
    if (whenFull === 'refuse') return true;
    metrics.dropped(1);
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
      await wait(gatherMs);
      const records = this.waiting.splice(0, maxBatch);
      this.underway = { batchId: randomUUID(), records };
      await this.deliver(this.underway);
      this.underway = undefined;
      if (this.wasFull && !this.isFull) {
        this.wasFull = false;
        const { what, logger } = this.options;
        logger.info({ what }, 'records can be kept again');
      }
    }
    this.scheduled = false;
    for (const resolve of this.idleListeners.splice(0)) resolve();
  }

  /**
   * Tries bus and disk until one of them has the batch. It has the same id wherever it goes, which makes a second
   * arrival harmless.
   */
  private async deliver(batch: Batch<Item>): Promise<void> {
    const { metrics } = this.options;
    const { signal } = this.stopped;
    for (let retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, longestRetryMs)) {
      const mayTry = !this.isAway || retryMs > firstRetryMs || this.backlog === undefined;
      if (mayTry && (await this.isPublished(batch))) return;
      if ((await this.backlog?.keep(batch)) === true) {
        metrics.spilled(batch.records.length);
        return;
      }
      if (signal.aborted) return;
      await wait(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async isPublished(batch: Batch<Item>): Promise<boolean> {
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
      const { what, logger } = this.options;
      logger.warn({ what, problem, depth: this.depth }, 'records are kept: they were not acknowledged');
      return false;
    }
  }

  private publish(batch: Batch<Item>): Promise<void> {
    return publishInParts(this.bus, this.stream, batch, this.options.logger);
  }
}
