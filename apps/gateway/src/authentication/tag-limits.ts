import type { TagLimits } from '@signalbox/calls';
import { identityTagLimits, valueOf, type CallerLimits } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { z } from 'zod';

type TagLimitsPage = z.output<typeof identityTagLimits.value>;

/** What the whole list is asked for by. */
export const everyTag = 'every tag';

/** Asks the identity service for all of them, page by page; throws its FaultError. */
export async function readTagLimits(bus: Pick<Bus, 'call'>): Promise<TagLimits> {
  const known = new Map<string, CallerLimits>();
  let after: string | undefined = '';
  while (after !== undefined) {
    const page: TagLimitsPage = valueOf(
      await bus.call(identityTagLimits, { after }, { unavailable: 'identity_unavailable' }),
    );
    for (const { name, limits } of page.tags) known.set(name, limits);
    after = page.next;
  }
  return known;
}
