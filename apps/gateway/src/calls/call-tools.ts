import type { Catalog } from '@signalbox/contracts';
import type { Backoff } from '@signalbox/routing';
import type { AttemptTools } from './attempt-tools.js';
import type { RetryWaits } from './retry-waits.js';
import type { RouterClient } from './router-client.js';

/** What every call is served with; the same for all of them. */
export interface CallTools {
  readonly router: Pick<RouterClient, 'decide'>;
  readonly attempt: AttemptTools;
  readonly catalog: Catalog;
  readonly waits: RetryWaits;
  readonly backoff: Backoff;
  /** A random number from 0 to below 1. */
  readonly dice: () => number;
}
