import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@signalbox/platform';
import type { Batch } from './batch.js';
import type { BatchSpill } from './spill/batch-spill.js';

const firstRetryMs = 100;
const longestRetryMs = 5_000;
/** Batches under way at once: what was written in a quiet hour is many small ones. */
const concurrency = 16;

export interface BacklogOptions<Item> {
  readonly spill: BatchSpill<Item>;
  /** Resolves once the batch is stored for good. */
  readonly publish: (batch: Batch<Item>) => Promise<void>;
  readonly logger: Logger;
  /** Told whether what lay on disk could be published. */
  readonly onTried: (isPublished: boolean) => void;
}

/**
 * The batches on disk: publishes them oldest first, under the ids they have, until none is left, and deletes each file
 * when all in it is acknowledged. What is published twice, because we died in between, counts once.
 */
export class Backlog<Item> {
  private isRunning = false;
  private readonly stopped = new AbortController();

  constructor(private readonly options: BacklogOptions<Item>) {
    options.spill.onAdopted = () => {
      this.run();
    };
    this.run();
  }

  get bytes(): number {
    return this.options.spill.bytes;
  }

  /** False when the disk does not take it. */
  async keep(batch: Batch<Item>): Promise<boolean> {
    const isKept = await this.options.spill.write(batch);
    if (isKept) this.run();
    return isKept;
  }

  /** What is left stays on disk. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.options.spill.close();
  }

  private run(): void {
    if (this.isRunning || this.stopped.signal.aborted || this.options.spill.isEmpty) return;
    this.isRunning = true;
    void this.publishAll().finally(() => {
      this.isRunning = false;
      this.run();
    });
  }

  private async publishAll(): Promise<void> {
    const { spill } = this.options;
    for (let kept = await spill.oldest(); kept !== undefined; kept = await spill.oldest()) {
      const { batches } = kept;
      for (let at = 0; at < batches.length; at += concurrency) {
        await this.publishSome(batches.slice(at, at + concurrency));
        if (this.stopped.signal.aborted) return;
      }
      await kept.delete();
    }
  }

  /** Tries until all of them are acknowledged; one that was already may come again. */
  private async publishSome(batches: readonly Batch<Item>[]): Promise<void> {
    const { publish, onTried, logger } = this.options;
    const { signal } = this.stopped;
    for (let retryMs = firstRetryMs; !signal.aborted; retryMs = Math.min(retryMs * 2, longestRetryMs)) {
      try {
        await Promise.all(batches.map(publish));
        onTried(true);
        return;
      } catch (error) {
        onTried(false);
        const problem = error instanceof Error ? error.message : 'unknown';
        logger.warn({ problem, bytes: this.bytes }, 'records stay on disk: they were not acknowledged');
      }
      await wait(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
