import type { Residency } from '@signalbox/contracts';
import type { CallMode, RequestBody } from '@signalbox/providers';
import type { Principal } from '../authentication/principal.js';

/** One call as it was understood: everything later steps need, read once. */
export interface Call {
  readonly requestId: string;
  readonly mode: CallMode;
  /** The model name as the client sent it, or the end user's default. */
  readonly model: string;
  /** The client's bytes, forwarded with as few changes as possible. */
  readonly bytes: Buffer;
  /** The same, parsed. */
  readonly body: RequestBody;
  readonly principal: Principal;
  readonly endUserId: string | undefined;
  /** All must hold for the deployment that serves it. */
  readonly residency: readonly Residency[];
  readonly tags: readonly string[];
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Attempts beyond the first. */
  readonly maxRetries: number;
  /** Asked for by the client, milliseconds; may only shorten. */
  readonly timeoutMs: number | undefined;
  readonly streamTimeoutMs: number | undefined;
  /** `performance.now()` when the call arrived. */
  readonly arrivedAt: number;
}
