import { slotReturned, usageRecorded, type UsageRecord } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { Outbox, type OutboxOptions } from '../outbox/outbox.js';

export type UsageOutboxOptions = Omit<OutboxOptions<UsageRecord>, 'what'>;

/** The outbox of usage. A slot for which others may wait is given back at once. */
export class UsageOutbox extends Outbox<UsageRecord> {
  constructor(
    private readonly slots: Pick<Bus, 'publish' | 'broadcast' | 'onStatus'>,
    options: UsageOutboxOptions,
  ) {
    super(slots, usageRecorded, { what: 'usage', ...options });
  }

  override add(record: UsageRecord): void {
    const { attemptId, tokens, costNanoDollars: nanoDollars } = record;
    if (record.holdsSlot === true && callIsOver(record)) {
      this.slots.broadcast(slotReturned, {
        attemptId,
        tokens: tokens.total,
        ...(nanoDollars !== undefined && { nanoDollars }),
      });
    }
    super.add(record);
  }
}

/** After a failure the call may go on, and then its next attempt takes the slot over: nobody else shall come in between. */
function callIsOver({ outcome }: UsageRecord): boolean {
  return outcome === 'succeeded' || outcome === 'client_disconnected';
}
