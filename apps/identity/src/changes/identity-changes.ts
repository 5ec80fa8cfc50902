import { Inject, Injectable } from '@nestjs/common';
import { identityChanged, type IdentityChanged } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import { BUS } from '../identity.tokens.js';

/** Ids per event: a thousand hashes are 70 kB, far below what the broker takes in one message. */
const IDS_PER_EVENT = 1_000;

/** Tells every gateway what it may no longer believe. To be called after the commit, never before. */
@Injectable()
export class IdentityChanges {
  constructor(@Inject(BUS) private readonly bus: Bus) {}

  publish(change: Partial<IdentityChanged>): void {
    for (const event of splitChange(change)) this.bus.broadcast(identityChanged, event);
  }
}

/** Cuts a change of many ids into events of a size the broker takes. */
export function splitChange(change: Partial<IdentityChanged>): Partial<IdentityChanged>[] {
  const fields = ['teamIds', 'keyHashes', 'endUserIds', 'userIds', 'budgetIds', 'tagNames'] as const;
  return fields.flatMap((field) => {
    const ids = change[field] ?? [];
    const count = Math.ceil(ids.length / IDS_PER_EVENT);
    return Array.from({ length: count }, (_, index) => ({
      [field]: ids.slice(index * IDS_PER_EVENT, (index + 1) * IDS_PER_EVENT),
    }));
  });
}
