import type { StreamContract } from '@signalbox/contracts';
import type { z } from 'zod';

/** Records that travel together. */
export interface Batch<Item> {
  /** Wherever it goes it has the same one, which makes a second arrival harmless. */
  readonly batchId: string;
  readonly records: readonly Item[];
}

/** The stream that batches of such records are for. */
export type BatchStream<Item> = StreamContract<z.ZodType<{ batchId: string; records: Item[] }>>;
