import { isTooLarge, type Bus } from '@signalbox/messaging';
import type { Logger } from '@signalbox/platform';
import type { Batch, BatchStream } from './batch.js';

/**
 * Publishes a batch; one that a message of the bus cannot hold goes in halves, whose ids follow from its own. A record that is too
 * large by itself can go nowhere and is given up, so that others get past it.
 */
export async function publishInParts<Item>(
  bus: Pick<Bus, 'publish'>,
  stream: BatchStream<Item>,
  { batchId, records }: Batch<Item>,
  logger: Logger,
): Promise<void> {
  try {
    await bus.publish(stream, { batchId, records: [...records] }, batchId);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    if (records.length < 2) {
      logger.error({ stream: stream.stream, batchId }, 'a record is too large for the bus and lost');
      return;
    }
    const middle = Math.ceil(records.length / 2);
    const halves = [records.slice(0, middle), records.slice(middle)];
    await Promise.all(
      halves.map((half, index) =>
        publishInParts(bus, stream, { batchId: `${batchId}.${index}`, records: half }, logger),
      ),
    );
  }
}
