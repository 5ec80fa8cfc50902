import { setTimeout as delay } from 'node:timers/promises';

/** Waits, or returns early when the signal is aborted. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, signal && { signal }).catch(() => undefined);
}
