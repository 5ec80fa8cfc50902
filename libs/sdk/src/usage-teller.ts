import type { UsageRecord } from '@signalbox/contracts';
import type { AttemptUsage } from './attempt-usage.js';
import type { RouterLogger, RouterOptions } from './router-options.js';

/** Makes what tells a listener of every attempt; a listener that fails harms no call. */
export function usageTeller(
  listener: RouterOptions['onUsage'],
  logger: RouterLogger,
): (record: UsageRecord) => void {
  if (listener === undefined) return () => undefined;
  const tell = async (usage: AttemptUsage): Promise<void> => {
    try {
      await listener(usage);
    } catch (error) {
      logger.warn({ attemptId: usage.attemptId, error }, 'onUsage failed');
    }
  };
  return (record) => void tell(record);
}
