import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { slotReturned, usageRecorded, type UsageBatch, type UsageRecord } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { Logger } from '@signalbox/platform';

/** About 500 bytes per record keep a batch far below NATS' message limit of 1 MB. */
const maxBatch = 500;
const firstRetryMs = 100;
const longestRetryMs = 5_000;

export interface UsageOutboxOptions {
  /** Records kept while the bus is away; what comes after is dropped and counted. */
  readonly capacity: number;
  readonly logger: Logger;
  readonly onDropped?: (records: number) => void;
}

/**
 * Keeps usage records until JetStream has acknowledged them. Nobody waits for it on the call path: the first
 * record of a turn leaves at the end of that turn, and while a batch is under way the next one gathers. A slot for which
 * others may wait is given back at once.
 */
export class UsageOutbox {
  private waiting: UsageRecord[] = [];
  private underway: UsageBatch | undefined;
  private scheduled = false;
  private readonly idleListeners: (() => void)[] = [];
  private readonly stopped = new AbortController();

  constructor(
    private readonly bus: Pick<Bus, 'publish' | 'broadcast'>,
    private readonly options: UsageOutboxOptions,
  ) {}

  /** Records not acknowledged yet. */
  get depth(): number {
    return this.waiting.length + (this.underway?.records.length ?? 0);
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
    if (this.depth >= this.options.capacity) {
      this.options.onDropped?.(1);
      return;
    }
    this.waiting.push(record);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      void this.send();
    });
  }

  /** Resolves when everything taken so far is acknowledged, or after the time limit; tells what is left. */
  async flush(timeLimitMs: number): Promise<number> {
    if (this.depth === 0) return 0;
    const timeLimit = new AbortController();
    const idle = new Promise<void>((resolve) => this.idleListeners.push(resolve));
    await Promise.race([
      idle,
      wait(timeLimitMs, undefined, { signal: timeLimit.signal }).catch(() => undefined),
    ]);
    timeLimit.abort();
    if (this.depth > 0) this.stopped.abort();
    return this.depth;
  }

  private async send(): Promise<void> {
    while (this.waiting.length > 0 && !this.stopped.signal.aborted) {
      const records = this.waiting.splice(0, maxBatch);
      this.underway = { batchId: randomUUID(), records };
      await this.publish(this.underway);
      this.underway = undefined;
    }
    this.scheduled = false;
    for (const resolve of this.idleListeners.splice(0)) resolve();
  }

  /** Tries until acknowledged; the batch id makes a second arrival of the same batch harmless. */
  private async publish(batch: UsageBatch): Promise<void> {
    for (let retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, longestRetryMs)) {
      try {
        await this.bus.publish(usageRecorded, batch, batch.batchId);
        return;
      } catch (error) {
        const problem = error instanceof Error ? error.message : 'unknown';
        const { depth } = this;
        this.options.logger.warn({ problem, depth }, 'usage is kept: it was not acknowledged');
      }
      if (this.stopped.signal.aborted) return;
      await wait(retryMs, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }
}

/** After a failure the call may go on, and then its next attempt takes the slot over: nobody else shall come in between. */
function callIsOver({ outcome }: UsageRecord): boolean {
  return outcome === 'succeeded' || outcome === 'client_disconnected';
}
