import { decisionRecorded, type DecisionRecord } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { Outbox, type OutboxOptions } from '../outbox/outbox.js';

/** The outbox of decision records. */
export class DecisionOutbox extends Outbox<DecisionRecord> {
  constructor(bus: Pick<Bus, 'publish' | 'onStatus'>, options: Omit<OutboxOptions<DecisionRecord>, 'what'>) {
    super(bus, decisionRecorded, { what: 'decision records', ...options });
  }
}
