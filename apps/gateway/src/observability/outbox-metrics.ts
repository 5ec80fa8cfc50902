import { counter, observedGauge } from '@signalbox/platform';
import type { OutboxMetrics } from '../outbox/outbox.js';

/**
 * What is counted of one outbox, under names of its own.
 * @param name such as `usage`: `signalbox_usage_dropped`
 * @param records what it keeps, for people: `Usage records`
 */
export function outboxMetrics(name: string, records: string): OutboxMetrics {
  const dropped = counter(`signalbox_${name}_dropped`, `${records} dropped because the outbox was full.`);
  const spilled = counter(
    `signalbox_${name}_spilled`,
    `${records} written to disk because the bus did not take them.`,
  );
  const refused = counter(
    `signalbox_${name}_refused_calls`,
    `Calls refused because nothing could keep them: ${records.toLowerCase()}.`,
  );
  return {
    spilled: (count) => {
      spilled.add(count);
    },
    dropped: (count) => {
      dropped.add(count);
    },
    refusedCall: () => {
      refused.add(1);
    },
    watch: (outbox) => {
      observedGauge(
        `signalbox_${name}_outbox_depth`,
        `${records} in memory that are not acknowledged yet.`,
        () => outbox.depth,
      );
      observedGauge(
        `signalbox_${name}_spilled_bytes`,
        `Size on disk of what the bus has not taken yet: ${records.toLowerCase()}.`,
        () => outbox.spilledBytes,
      );
    },
  };
}
