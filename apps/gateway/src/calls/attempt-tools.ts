import type { RouterSettings } from '@signalbox/config';
import type { Logger } from '@signalbox/platform';
import type { Dispatcher } from 'undici';
import type { CallMetrics } from '../observability/call-metrics.js';
import type { LearnedRegions } from '@signalbox/learned-regions';
import type { PermitFacts } from '../upstream/permit.js';
import type { UsageOutbox } from '../usage/usage-outbox.js';

/** What every attempt works with; the same for all of them. */
export interface AttemptTools {
  readonly dispatcher: Dispatcher;
  readonly facts: PermitFacts;
  readonly learned: Pick<LearnedRegions, 'observe'>;
  readonly outbox: Pick<UsageOutbox, 'add'>;
  readonly metrics: CallMetrics;
  readonly router: RouterSettings;
  readonly logger: Logger;
  /** Told in `x-litellm-version`. */
  readonly version: string;
  /** Largest whole answer taken from a provider, bytes. */
  readonly maxAnswerBytes: number;
  /** True while the process shuts down: answers then ask the client to close its connection. */
  readonly isDraining: () => boolean;
}
